#!/usr/bin/env bash
# Verifies one POST callback by hand: AUTH_TOKEN=... bash verify.sh URL NONCE SIGNATURE < body
# URL is the callback URL without a query; SIGNATURE is the X-Plivo-Signature-V3 header.
set -euo pipefail
decode() { printf '%b' "$(printf '%s' "$1" | sed 's/+/ /g; s/\\/\\\\/g; s/%\([0-9A-Fa-f][0-9A-Fa-f]\)/\\x\1/g')"; }
sorted=''
for pair in $(tr '&' '\n' | LC_ALL=C sort); do
  sorted="$sorted${pair%%=*}$(decode "${pair#*=}"; printf .)"
  sorted=${sorted%.}
done
expected=$(printf '%s?%s.%s' "$1" "$sorted" "$2" | openssl dgst -sha256 -hmac "$AUTH_TOKEN" -binary | base64)
case ",$3," in *",$expected,"*) echo valid ;; *) echo "not valid: expected $expected" && exit 1 ;; esac
