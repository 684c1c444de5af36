# The database's own volume, mounted at $DATA. It outlives the machine: it is formatted only when there is nothing on it.

DATA=/var/lib/clickstream

volume_device() {
  # By its serial number: the names of NVMe devices change from boot to boot.
  readlink -f "/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_${VOLUME_ID/-/}"
}

prepare_volume() {
  if mountpoint -q "$DATA"; then
    return
  fi
  local device waited=0 signature
  until device=$(volume_device) && [ -b "$device" ]; do
    if [ $((waited += 2)) -gt 300 ]; then
      say "the volume $VOLUME_ID is not attached: nothing is done without it" >&2
      exit 1
    fi
    sleep 2
  done
  signature=$(blkid -p -o value -s TYPE "$device" || true)
  case $signature in
    ext4) ;;
    "")
      if [ "$(head -c 1048576 "$device" | tr -d '\0' | wc -c)" != 0 ]; then
        say "the volume $VOLUME_ID holds something that is no file system: not touched" >&2
        exit 1
      fi
      say "formatting the empty volume $VOLUME_ID"
      mkfs.ext4 -q -m 1 -L clickstream "$device"
      ;;
    *)
      say "the volume $VOLUME_ID holds $signature, not ext4: not touched" >&2
      exit 1
      ;;
  esac
  mkdir -p "$DATA"
  e2fsck -p "$device" || [ $? -le 1 ] # 1: mended
  mount -o noatime,nodev,nosuid,noexec "$device" "$DATA"
  grow_volume
}

grow_volume() { # the file system fills a volume that was made larger
  resize2fs "$(volume_device)" 2>&1 | grep -v -e '^resize2fs [0-9]' -e 'Nothing to do' -e '^$' || true
}

tell_disk_use() { # for host.disk_used_percent()
  local used
  used=$(df --output=pcent "$DATA" | tail -1 | tr -dc 0-9)
  printf '%s\n' "$used" >"$DATA/disk_used_percent.new"
  mv "$DATA/disk_used_percent.new" "$DATA/disk_used_percent"
}
