# The dashboard: a container from an image archive of the artifacts bucket, on the loopback interface alone.

run_dashboard() {
  if [ -z "${DASHBOARD_ARCHIVE:-}" ] || [ -z "${ADMIN_API_URL:-}" ]; then
    return # nothing deployed yet
  fi
  systemctl enable --now docker.service
  if ! docker image inspect "$DASHBOARD_IMAGE" >/dev/null 2>&1; then
    say "fetching the dashboard's image"
    aws s3 cp --only-show-errors "s3://$ARTIFACTS_BUCKET/instance/$DASHBOARD_ARCHIVE" - | gunzip | docker load -q
  fi
  install -d -m 700 /run/clickstream
  local password token
  password=$(printf %s "${DASHBOARD_PASSWORD:?}" | url_encoded)
  token=$(parameter admin-api/token)
  (
    umask 077
    cat >/run/clickstream/dashboard.env.new <<END
CLICKSTREAM_WAREHOUSE_URL=postgresql://clickstream_dashboard:$password@127.0.0.1:5432/clickstream?sslmode=require
CLICKSTREAM_ADMIN_API_URL=$ADMIN_API_URL
CLICKSTREAM_ADMIN_TOKEN=$token
CLICKSTREAM_DASHBOARD_HOST=127.0.0.1
CLICKSTREAM_DASHBOARD_PORT=3838
END
    printf 'DASHBOARD_IMAGE=%s\n' "$DASHBOARD_IMAGE" >/run/clickstream/dashboard-image.env.new
  )
  if cmp -s /run/clickstream/dashboard.env.new /run/clickstream/dashboard.env &&
    cmp -s /run/clickstream/dashboard-image.env.new /run/clickstream/dashboard-image.env &&
    systemctl is-active --quiet clickstream-dashboard.service; then
    return
  fi
  mv /run/clickstream/dashboard.env.new /run/clickstream/dashboard.env
  mv /run/clickstream/dashboard-image.env.new /run/clickstream/dashboard-image.env
  systemctl restart clickstream-dashboard.service
  forget_other_images
  say "the dashboard runs $DASHBOARD_IMAGE"
}

# Archives of older releases are in the bucket. Not `docker image prune -a`: the container that was just started may not be
# there yet, and its image would go, too.
forget_other_images() {
  local kept image
  kept=$(docker image inspect --format '{{.Id}}' "$DASHBOARD_IMAGE")
  for image in $(docker image ls --quiet --no-trunc | sort -u); do
    [ "${image#sha256:}" = "${kept#sha256:}" ] || docker image rm --force "$image" >/dev/null ||
      say "image $image stays, something uses it"
  done
}
