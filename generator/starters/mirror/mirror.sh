#!/bin/sh
# Update the mirror, and check every byte of it. Mail or log what it prints.
set -eu

portal="${PORTAL:-https://data.survey.example/}"   # the portal that is mirrored
folder="${FOLDER:-/srv/www/survey}"                # the copy that your web server gives out
# key="--key /srv/mirror/minisign.pub"             # the survey's public key, from another source than the portal

drportal mirror "$portal" "$folder" ${key:-}
drportal verify "$folder" ${key:-}
