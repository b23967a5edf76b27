#!/bin/sh
# Made by `drportal host s3`: uploads the site to an S3-compatible store, with the AWS command line.
#   sh s3.sh s3://bucket/folder
# For a store that is not Amazon's, set AWS_ENDPOINT_URL. Data and assets go first and pages last, so that a page never refers to
# missing files; files that the site no longer has are deleted at the end.
set -eu
to=${1:?give the target, e.g. s3://bucket/folder}
from="{{ root }}"
hex='{{ "[0-9a-f]" * 8 }}' # in names that change with the content

send() { # type, cache rule, patterns
    type=$1 cache=$2
    shift 2
    aws ${AWS_ENDPOINT_URL:+--endpoint-url "$AWS_ENDPOINT_URL"} s3 sync "$from" "$to" --no-progress --exclude '*' "$@" --content-type "$type" --cache-control "$cache"
}

{% for type, cache, patterns in uploads %}
send '{{ type }}' '{{ cache }}'{% for mark, pattern in patterns %} --{{ mark }} "{{ pattern }}"{% endfor %}

{% endfor %}
aws ${AWS_ENDPOINT_URL:+--endpoint-url "$AWS_ENDPOINT_URL"} s3 sync "$from" "$to" --no-progress --delete
