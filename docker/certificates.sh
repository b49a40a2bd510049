#!/usr/bin/env bash
# Makes an authority of our own and with it the certificates of Elasticsearch and Kibana; what is there stays as it is.
#
#   certificates.sh FOLDER      with below it, each a volume: authority (the authority's key; nobody else sees it),
#                               elasticsearch, kibana (a certificate, its key, the authority's certificate), and
#                               trust (the authority's certificate alone, for all who connect)
#
# NEWSDEX_SERVER_NAMES: more names by which Kibana is asked for, with `,` between.
# To make one anew: empty its folder, run this again, start its server again.
set -euo pipefail
umask 027

folder=$1
days=1825
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if [[ ! -f $folder/authority/ca.key ]]; then
  elasticsearch-certutil ca --silent --pem --days $((2 * days)) --ca-dn 'CN=Newsdex' --out "$work/ca.zip"
  unzip -qo "$work/ca.zip" -d "$work"
  # The key last: it says that all of it is there.
  cp "$work/ca/ca.crt" "$folder/authority/ca.crt"
  cp "$work/ca/ca.key" "$folder/authority/ca.key"
fi

for server in elasticsearch kibana; do
  if [[ ! -f $folder/$server/$server.key ]]; then
    names="$server,localhost"
    if [[ $server == kibana && -n ${NEWSDEX_SERVER_NAMES:-} ]]; then
      names+=",$NEWSDEX_SERVER_NAMES"
    fi
    # Full paths: certutil stands in its own folder.
    elasticsearch-certutil cert --silent --pem --days "$days" --name "$server" --dns "$names" --ip 127.0.0.1 \
      --ca-cert "$folder/authority/ca.crt" --ca-key "$folder/authority/ca.key" --out "$work/$server.zip"
    unzip -qo "$work/$server.zip" -d "$work"
    cp "$work/$server/$server.crt" "$folder/$server/$server.crt"
    cp "$work/$server/$server.key" "$folder/$server/$server.key"
  fi
  cp "$folder/authority/ca.crt" "$folder/$server/ca.crt"
done
cp "$folder/authority/ca.crt" "$folder/trust/ca.crt"

# Elasticsearch and Kibana run in group 0, and so read their keys; only root reads the authority's.
chmod 700 "$folder/authority"
chmod 755 "$folder/trust"
chmod 644 "$folder/trust/ca.crt"
if [[ $EUID -eq 0 ]]; then
  chown -R root:root "$folder"/{authority,elasticsearch,kibana,trust}
fi
chmod 750 "$folder"/{elasticsearch,kibana}
echo "certificates: ready"
