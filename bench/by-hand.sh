#!/usr/bin/env bash
# What the check of the demo does, by hand: the fingerprints of Secret Manager, two services and the environment; then the
# same tokens over HTTP, valid ones of the secret and of the service that mints, and every kind of bad one. It leaves out
# the WebSocket, which a shell cannot speak.
# Needs the variables of the demo's env file, and SM, AUTH and BACKEND: the URLs of Secret Manager and the services.
set -euo pipefail

fingerprint() { openssl dgst -sha256 | sed 's/.*= //' | cut -c1-8; }
base64url() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }
payload() { # payload ISSUED-AT
  printf '{"iss":"%s","aud":"%s","sub":"by-hand","token_type":"access","jti":"%s","iat":%d,"exp":%d}' \
    "$ISSUER" "$AUDIENCE" "$RANDOM$RANDOM" "$1" "$(($1 + 60))" | base64url
}
token() { # token KEY ISSUED-AT
  local text
  text="$(printf '{"alg":"HS256","typ":"JWT"}' | base64url).$(payload "$2")"
  printf '%s.%s' "$text" "$(printf %s "$text" | openssl dgst -sha256 -hmac "$1" -binary | base64url)"
}
present() { # present TOKEN STATUS VALID
  local me valid
  me=$(curl -sS -o /dev/null -w '%{http_code}' ${1:+-H "authorization: Bearer $1"} "$BACKEND/api/me")
  valid=$(curl -sS -X POST -H 'content-type: application/json' -H "X-Service-ID: $SERVICE_ID" -H "X-Service-Secret: $SERVICE_SECRET" \
    -d "{\"token\":\"$1\",\"token_type\":\"access\"}" "$AUTH/auth/validate" | grep -o '"valid": *[a-z]*' | grep -o '[a-z]*$')
  [ "$me $valid" = "$2 $3" ] || { echo "a token: $me $valid instead of $2 $3"; exit 1; }
}

secret=$(CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER="$SM/" CLOUDSDK_AUTH_ACCESS_TOKEN=none \
  gcloud secrets versions access latest --secret=jwt-secret-staging --project=example-staging)
right=$(printf %s "$secret" | fingerprint)
for service in "$AUTH" "$BACKEND"; do
  shown=$(curl -sS -H "authorization: Bearer $FINGERPRINT_TOKEN" "$service/internal/jwt-fingerprint" |
    sed 's/.*"fingerprint": *"\([0-9a-f]*\)".*/\1/')
  [ "$shown" = "$right" ] || { echo "$service differs: $shown"; exit 1; }
done
[ "$(printf %s "$JWT_SECRET_STAGING" | fingerprint)" = "$right" ] || { echo 'the tests differ'; exit 1; }

now=$(date +%s)
genuine=$(token "$secret" "$now")
minted=$(curl -sS -X POST -H "authorization: Bearer $MINT_TOKEN" "$AUTH/auth/e2e-token" |
  sed 's/.*"access_token": *"\([^"]*\)".*/\1/')
present "$genuine" 200 true
present "$minted" 200 true
present "$(token "$(openssl rand -hex 32)" "$now")" 401 false
present '' 401 false
present "$(token "$secret" "$((now - 3600))")" 401 false
present "$(printf '{"alg":"none","typ":"JWT"}' | base64url).$(payload "$now")." 401 false
signature=${genuine##*.}
last=${signature:21}
other=A
[ "${last:0:1}" != A ] || other=B
present "${genuine%.*}.${signature:0:21}$other${last:1}" 401 false
echo consistent
