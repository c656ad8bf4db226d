#!/bin/sh
# Makes the secrets of docker/compose.yml as files in docker/secrets. What is there already stays.
set -eu
cd "$(dirname "$0")"
mkdir -p secrets
# Containers are given each file by itself, and read it as users of their own; on this machine nobody else passes through the folder.
chmod 700 secrets
keep() { [ -s "secrets/$1" ] || { printf '%s' "$2" >"secrets/$1"; chmod 644 "secrets/$1"; echo "made docker/secrets/$1"; }; }
keep mysql-password "$(openssl rand -hex 24)"
keep database-url "mysql://masking:$(cat secrets/mysql-password)@database:3306/masking"
keep encryption-key "$(openssl rand -base64 32)"
keep admin-token "$(openssl rand -hex 24)"
keep grafana-password "$(openssl rand -hex 12)"
for name in plivo-auth-id plivo-auth-token; do
  [ -s "secrets/$name" ] || { : >"secrets/$name"; chmod 644 "secrets/$name"; echo "fill in docker/secrets/$name"; }
done
