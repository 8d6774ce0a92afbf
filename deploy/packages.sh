# Sourced by scripts: installs the packages of the given headings of deploy/packages that are missing. Needs root or
# sudo only if some are.
#
#   . deploy/packages.sh
#   install_packages build test

packages_of() {  # HEADING... -> one name a line
  awk -v wanted=" $* " '/^\[/ {on = index(wanted, " " substr($0, 2, length($0) - 2) " ")} on && /^[a-z0-9]/ {print $1}' \
    "$(dirname "${BASH_SOURCE[0]}")/packages"
}

missing_packages() {  # HEADING...
  local name
  for name in $(packages_of "$@"); do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null)" = installed ] || echo "$name"
  done
}

install_packages() {  # HEADING...
  if ! command -v apt-get >/dev/null; then
    echo "This needs Debian's apt-get. Elsewhere, install what deploy/packages lists and build with cmake." >&2
    return 1
  fi
  local missing as_root=()
  missing=$(missing_packages "$@")
  [ -n "$missing" ] || return 0
  if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
      echo "Missing packages, and neither root nor sudo to install them. As root: apt-get install" $missing >&2
      return 1
    fi
    as_root=(sudo)
  fi
  echo "Installing: $(echo $missing)" >&2
  "${as_root[@]}" apt-get update -qq >&2 &&
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >&2
}
