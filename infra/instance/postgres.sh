# PostgreSQL: a cluster on the volume, its configuration, who may log in from where, and the roles.

CLUSTER=$DATA/postgres/$POSTGRES_VERSION

as_postgres() { runuser -u postgres -- "$@"; }
sql() { as_postgres "$POSTGRES_BIN/psql" -X -q -v ON_ERROR_STOP=1 -h /run/postgresql "$@"; }

prepare_cluster() {
  local other
  for other in "$DATA"/postgres/*/PG_VERSION; do
    if [ -e "$other" ] && [ "$other" != "$CLUSTER/PG_VERSION" ]; then
      say "the volume holds PostgreSQL $(cat "$other"), not $POSTGRES_VERSION: see docs/runbooks/upgrade.md" >&2
      exit 1
    fi
  done
  install -d -o postgres -g postgres -m 700 "$DATA/postgres" "$CLUSTER"
  # A machine of another distribution may have another number for the user.
  [ "$(stat -c %U "$CLUSTER")" = postgres ] || chown -R postgres:postgres "$DATA/postgres"
  if [ ! -s "$CLUSTER/PG_VERSION" ]; then
    say "making a cluster"
    find "$CLUSTER" -mindepth 1 -delete # what an interrupted initdb left
    as_postgres "$POSTGRES_BIN/initdb" -D "$CLUSTER" --username postgres --auth-local peer --auth-host reject \
      --data-checksums --encoding UTF8 --locale C.UTF-8 >/dev/null
  fi
  if [ ! -s "$CLUSTER/server.key" ]; then
    # Self-signed: it is the network that says who the server is; the clients' `sslmode=require` asks for secrecy.
    as_postgres openssl req -new -x509 -days 7300 -nodes -newkey ec -pkeyopt ec_paramgen_curve:P-256 \
      -subj "/CN=clickstream-$INSTANCE_ROLE" -out "$CLUSTER/server.crt" -keyout "$CLUSTER/server.key" 2>/dev/null
    chmod 600 "$CLUSTER/server.key"
  fi
}

configure_cluster() {
  write_as_postgres "$CLUSTER/clickstream.conf" <<END
# Written by the machine's setup.
listen_addresses = '127.0.0.1,$LISTEN_ADDRESS'
port = 5432
unix_socket_directories = '/run/postgresql'
max_connections = 60
superuser_reserved_connections = 5
password_encryption = 'scram-sha-256'
ssl = on
ssl_cert_file = 'server.crt'
ssl_key_file = 'server.key'
ssl_min_protocol_version = 'TLSv1.2'
$(memory_settings "$(machine_mib)" "$INSTANCE_ROLE")
random_page_cost = 1.1
effective_io_concurrency = 64
checkpoint_timeout = 15min
max_wal_size = 2GB
wal_compression = on
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
log_destination = 'stderr'
log_min_duration_statement = 5s
log_lock_waits = on
log_checkpoints = off
END
  grep -qx "include 'clickstream.conf'" "$CLUSTER/postgresql.conf" ||
    echo "include 'clickstream.conf'" >>"$CLUSTER/postgresql.conf"
  login_rules | write_as_postgres "$CLUSTER/pg_hba.conf"
}

write_as_postgres() { # FILE: standard input, whole or not at all
  local file=$1
  cat >"$file.new"
  chown postgres:postgres "$file.new"
  chmod 600 "$file.new"
  mv "$file.new" "$file"
}

login_rules() { # pg_hba.conf. Whatever is not named here is refused
  local cidr
  echo "local all postgres peer"
  if [ "$INSTANCE_ROLE" = warehouse ]; then
    for cidr in ${ETL_CIDRS//,/ }; do
      echo "hostssl clickstream clickstream_etl $cidr scram-sha-256"
      echo "hostssl clickstream clickstream_owner $cidr scram-sha-256" # the migration runs in the ETL's subnet
    done
    for cidr in ${ADMIN_CIDRS//,/ }; do
      echo "hostssl clickstream clickstream_admin $cidr scram-sha-256"
    done
    # The dashboard beside it, and people through Session Manager.
    echo "hostssl clickstream clickstream_dashboard,clickstream_owner 127.0.0.1/32 scram-sha-256"
  else
    for cidr in 127.0.0.1/32 ${SHOP_CIDRS//,/ }; do
      echo "hostssl shop shop $cidr scram-sha-256"
    done
  fi
}

run_cluster() {
  if systemctl is-active --quiet clickstream-postgres.service; then
    systemctl reload clickstream-postgres.service
    sleep 1
    if [ "$(sql -At -c 'SELECT count(*) FROM pg_settings WHERE pending_restart')" != 0 ]; then
      say "restarting PostgreSQL for settings that want it"
      systemctl restart clickstream-postgres.service
    fi
  else
    systemctl start clickstream-postgres.service
  fi
  local waited=0
  until as_postgres "$POSTGRES_BIN/pg_isready" -q -h /run/postgresql; do
    if [ $((waited += 1)) -gt 600 ]; then
      say "PostgreSQL does not get ready: journalctl -u clickstream-postgres" >&2
      exit 1
    fi
    sleep 1
  done
}

prepare_roles() { # with the passwords of now; nothing is done where they are the ones set last
  local names name set_last=/run/clickstream/passwords
  if [ "$INSTANCE_ROLE" = warehouse ]; then names="OWNER ETL ADMIN DASHBOARD"; else names="SHOP"; fi
  for name in $names; do
    declare -gx "${name}_PASSWORD=$(parameter "$INSTANCE_ROLE/${name,,}-password")"
    local variable=${name}_PASSWORD
    if [ -z "${!variable}" ]; then
      say "there is no parameter $PARAMETERS/$INSTANCE_ROLE/${name,,}-password, or it may not be read" >&2
      exit 1
    fi
  done
  local now
  now=$( (cat "$here/roles-$INSTANCE_ROLE.sql"; for name in $names; do variable=${name}_PASSWORD; echo "${!variable}"; done) | sha256sum)
  if [ "$now" = "$(cat "$set_last" 2>/dev/null)" ]; then
    return
  fi
  sql -d postgres -f - <"$here/roles-$INSTANCE_ROLE.sql"
  install -d -m 700 /run/clickstream
  (umask 077 && printf '%s\n' "$now" >"$set_last")
  say "roles have their passwords"
}
