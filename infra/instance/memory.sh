# PostgreSQL's memory settings by the machine's size.

memory_settings() { # MIB ROLE: lines for postgresql.conf. The warehouse shares its machine with the dashboard (R)
  local mib=$1 role=$2 ours maintenance work
  ours=$mib
  [ "$role" != warehouse ] || ours=$((mib - 640))
  [ "$ours" -ge 256 ] || ours=256
  maintenance=$((ours / 12))
  [ "$maintenance" -le 2048 ] || maintenance=2048
  # A rebuild sorts and hashes in a handful of places at a time, and few connections work at a time.
  work=$((ours / 48))
  [ "$work" -ge 8 ] || work=8
  cat <<END
shared_buffers = $((ours / 4))MB
effective_cache_size = $((ours * 3 / 4))MB
maintenance_work_mem = ${maintenance}MB
work_mem = ${work}MB
END
}

machine_mib() {
  awk '/^MemTotal:/ { print int($2 / 1024) }' /proc/meminfo
}
