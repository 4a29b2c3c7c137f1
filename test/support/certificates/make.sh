#!/bin/sh
# Makes the certificates and keys of this folder anew. They secure nothing: tests alone use them.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
long_ago=20200101000000Z
far_off=21200101000000Z

key() { openssl ecparam -name prime256v1 -genkey -noout | openssl pkcs8 -topk8 -nocrypt -out "$1"; }

# certificate NAME KEY EXTENSIONS NOT-BEFORE NOT-AFTER [FLAG...]
certificate() {
  name=$1 key=$2 extensions=$3 from=$4 until=$5
  shift 5
  openssl req -new -key "$key" -subj "/CN=$name" -out "$work/$name.csr"
  printf '%b' "$extensions" > "$work/$name.ext"
  openssl ca -batch -notext -config "$work/ca.cnf" -in "$work/$name.csr" -out "$name.pem" \
    -extfile "$work/$name.ext" -startdate "$from" -enddate "$until" "$@"
}

cat > "$work/ca.cnf" <<CONFIG
[ca]
default_ca = test
[test]
database = $work/index.txt
new_certs_dir = $work
serial = $work/serial
certificate = ca.pem
private_key = $work/ca.key
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = supplied
CONFIG
: > "$work/index.txt"
echo 01 > "$work/serial"

key "$work/ca.key"
key leaf.key
openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out service-account.key
certificate ca "$work/ca.key" 'basicConstraints=critical,CA:TRUE\n' $long_ago $far_off -selfsign
local='basicConstraints=CA:FALSE\nsubjectAltName=DNS:localhost,DNS:auth.example.test,IP:127.0.0.1,IP:::1\n'
certificate self-signed leaf.key "$local" $long_ago $far_off -selfsign -keyfile leaf.key
certificate server leaf.key "${local}extendedKeyUsage=serverAuth\n" $long_ago $far_off
certificate expired leaf.key "$local" $long_ago 20210101000000Z
certificate future leaf.key "$local" 21100101000000Z $far_off
certificate other-host leaf.key 'subjectAltName=DNS:elsewhere.example.test\n' $long_ago $far_off
certificate client leaf.key 'basicConstraints=CA:FALSE\nextendedKeyUsage=clientAuth\n' $long_ago $far_off
