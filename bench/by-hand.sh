#!/usr/bin/env bash
# What people do by hand: the fingerprints of Secret Manager and of two services, then a genuine and a forged token
# for each. It leaves out the WebSocket, the minting service and three of the five kinds of bad tokens.
# Needs the variables of the demo's env file, and SM, AUTH and BACKEND: the URLs of Secret Manager and the services.
set -euo pipefail

fingerprint() { openssl dgst -sha256 | sed 's/.*= //' | cut -c1-8; }
base64url() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }
token() { # token KEY
  local now payload text
  now=$(date +%s)
  payload="{\"iss\":\"$ISSUER\",\"aud\":\"$AUDIENCE\",\"sub\":\"by-hand\",\"token_type\":\"access\",\"jti\":\"$RANDOM$RANDOM\",\"iat\":$now,\"exp\":$((now + 60))}"
  text="$(printf '{"alg":"HS256","typ":"JWT"}' | base64url).$(printf %s "$payload" | base64url)"
  printf '%s.%s' "$text" "$(printf %s "$text" | openssl dgst -sha256 -hmac "$1" -binary | base64url)"
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

for kind in genuine forged; do
  key=$secret
  [ "$kind" = genuine ] || key=$(openssl rand -hex 32)
  me=$(curl -sS -o /dev/null -w '%{http_code}' -H "authorization: Bearer $(token "$key")" "$BACKEND/api/me")
  valid=$(curl -sS -X POST -H 'content-type: application/json' -H "X-Service-ID: $SERVICE_ID" -H "X-Service-Secret: $SERVICE_SECRET" \
    -d "{\"token\":\"$(token "$key")\",\"token_type\":\"access\"}" "$AUTH/auth/validate" | grep -o '"valid": *[a-z]*' | grep -o '[a-z]*$')
  case "$kind $me $valid" in
    'genuine 200 true' | 'forged 401 false') ;;
    *) echo "$kind token: $me $valid"; exit 1 ;;
  esac
done
echo consistent
