# What differs between distributions: names of packages, places of programs. Amazon Linux 2023 is what runs on AWS;
# Debian is what the tests run.

distribution=$(. /etc/os-release && echo "$ID")
case $distribution in
  amzn)
    packages=("postgresql$POSTGRES_VERSION-server" "postgresql$POSTGRES_VERSION-contrib" openssl e2fsprogs)
    [ "$INSTANCE_ROLE" != warehouse ] || packages+=(docker)
    POSTGRES_BIN=/usr/bin
    package_missing() { ! rpm --quiet -q "$1"; }
    add_packages() { dnf install -y -q "$@"; }
    ;;
  debian)
    packages=("postgresql-$POSTGRES_VERSION" openssl e2fsprogs)
    POSTGRES_BIN=/usr/lib/postgresql/$POSTGRES_VERSION/bin
    package_missing() { ! dpkg-query -W -f '${Status}' "$1" 2>/dev/null | grep -q 'ok installed'; }
    add_packages() {
      # Debian makes and starts a cluster of its own otherwise.
      mkdir -p /etc/postgresql-common
      echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.conf
      apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@"
    }
    ;;
  *)
    echo "clickstream-setup: no package names are known for the distribution «$distribution»" >&2
    exit 1
    ;;
esac

install_packages() { # those that are missing
  local missing=() package
  for package in "${packages[@]}"; do
    if package_missing "$package"; then missing+=("$package"); fi
  done
  if [ ${#missing[@]} -gt 0 ]; then
    say "installing ${missing[*]}"
    add_packages "${missing[@]}"
  fi
}
