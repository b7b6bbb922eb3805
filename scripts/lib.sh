# shellcheck shell=bash
# What scripts/engine and scripts/base-image share. It is sourced, not run.

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }

die() { # EXIT-CODE MESSAGE...
  local code=$1
  shift
  say "$*"
  exit "$code"
}

PATH=$PATH:/usr/sbin:/sbin # root's by "su" may lack them

# shellcheck disable=SC2034 # for those that source this
CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/sentinel

LIB=$(readlink -f "${BASH_SOURCE[0]}")

# Fills DISTRO and CODENAME, such as "debian" and "bookworm".
read_os_release() {
  DISTRO='' CODENAME=''
  if [[ -r /etc/os-release ]]; then
    # A subshell, because the file sets names (NAME, VERSION) that are not ours to set.
    # shellcheck source=/dev/null
    read -r DISTRO CODENAME <<<"$(. /etc/os-release && echo "${ID:-} ${VERSION_CODENAME:-}")"
  fi
  case $DISTRO in
    debian | ubuntu) ;;
    *) die 69 "needs the packages of Debian or Ubuntu, and this system calls itself '${DISTRO:-unknown}'." ;;
  esac
}

# Goes on as root, by sudo if need be, with the same arguments and the settings that matter.
need_root() { # SCRIPT ARGUMENT...
  ((EUID == 0)) && return
  command -v sudo >/dev/null || die 69 'needs root, and there is no sudo: run it as root.'
  local keep=("PATH=$PATH" "XDG_CACHE_HOME=${XDG_CACHE_HOME:-$HOME/.cache}") name
  for name in DOCKER_HOST DOCKER_CONFIG; do
    [[ -z ${!name:-} ]] || keep+=("$name=${!name}")
  done
  mkdir -p "$CACHE" # or the user's ~/.cache itself could end up root's
  exec sudo -- env "${keep[@]}" bash "$@"
}

# Installs those of the named packages that are missing.
need_packages() {
  local name missing=()
  for name; do
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null) == installed ]] || missing+=("$name")
  done
  ((${#missing[@]})) || return 0
  say "installing ${missing[*]}"
  local install=(apt-get -qq -y -o DPkg::Lock::Timeout=300 install --no-install-recommends "${missing[@]}")
  # The first try may fail on package lists that are absent or out of date.
  DEBIAN_FRONTEND=noninteractive "${install[@]}" >/dev/null 2>&1 ||
    { apt-get -qq update && DEBIAN_FRONTEND=noninteractive "${install[@]}" >/dev/null; } ||
    die 69 "apt-get could not install ${missing[*]}."
}

# Prints "SUITE URI FILE:NUMBER" for each entry of the machine's own apt sources that is the distribution's: its main
# component for the release, its updates and its security fixes. Third parties use the same suite names, so the
# signed Origin decides, and that is known only once the package lists are there.
distribution_sources() {
  local rows
  # shellcheck disable=SC2016 # apt fills these in
  local format='$(ORIGIN)|$(COMPONENT)|$(RELEASE)|$(CODENAME)|$(REPO_URI)|$(SOURCESENTRY)'
  local attempt
  for attempt in 1 2; do
    rows=$(apt-get indextargets --format "$format" 'Created-By: Packages' 2>/dev/null |
      awk -F'|' -v distro="$DISTRO" -v codename="$CODENAME" '
        function ours(suite) { return suite ~ "^" codename "(-updates|-security)?$" }
        tolower($1) == distro && $2 == "main" {
          suite = ours($3) ? $3 : $4      # a source may say "stable" where its Release file says the codename
          if (ours(suite) && !seen[suite]++) print suite, $5, $6
        }')
    if grep -q "^$CODENAME " <<<"$rows"; then
      printf '%s\n' "$rows"
      return
    fi
    # A source of somebody else's may fail alone: whether the distribution's are there now is looked at, and decides.
    if ((attempt == 1)) && ! apt-get -qq update >&2; then
      say "'apt-get update' failed, at least in part; its words stand above"
    fi
  done
  die 69 "apt's sources name no mirror of $DISTRO $CODENAME main, or it does not answer: see 'apt-get update'."
}

# Writes an apt source for another suite of Debian to the named folder: the machine's own entry for Debian main, so that
# mirror, keyring and options stay what the machine's owner chose.
debian_source() { # SUITE FOLDER
  local entry file number
  entry=$(distribution_sources | awk -v suite="$CODENAME" '$1 == suite { print $3; exit }')
  file=${entry%:*} number=${entry##*:}
  if [[ $file == *.sources ]]; then
    # apt numbers the stanzas of such a file, and does not count a paragraph of comments.
    sed '/^#/d' "$file" | awk -v RS= -v n="$number" 'NR == n' | awk -v suite="$1" '
      /^[^ \t]/ { field = tolower($1) }
      field != "types:" && field != "suites:" && field != "components:" { print }
      END { print "Types: deb\nSuites: " suite "\nComponents: main" }' >"$2/other.sources"
  else
    sed -n "${number}p" "$file" | sed -E 's/^(deb\s+(\[[^]]*\]\s+)?\S+)\s.*/\1 '"$1"' main/' >"$2/other.list"
  fi
}

# Downloads packages into the current folder; apt's options come first, and the list of packages after "--".
download() {
  local options=(-qq -o APT::Sandbox::User=root)
  while [[ $1 != -- ]]; do options+=("$1") && shift; done
  shift
  apt-get "${options[@]}" download "$@" >/dev/null 2>&1 ||
    { apt-get "${options[@]}" update >&2 && apt-get "${options[@]}" download "$@" >/dev/null; }
}

download_debian() { # SUITE SCRATCH-FOLDER PACKAGE...
  local scratch=$2/apt
  mkdir -p "$scratch"/{parts,lists/partial,cache}
  debian_source "$1" "$scratch/parts"
  # Lists of their own: the machine's package manager never hears of the newer release.
  download -o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts="$scratch/parts" \
    -o Dir::Etc::Preferences=/dev/null -o Dir::Etc::PreferencesParts=/dev/null \
    -o Dir::State::Lists="$scratch/lists" -o Dir::Cache="$scratch/cache" -- "${@:3}" ||
    die 69 "the machine's mirror of $DISTRO gives no $1 of Debian, where ${*:3} would come from."
}

# ---- for the scripts that build and run Sentinel ----

# A JDK of version 17 or newer, Maven, and C compilers for both machines that the probe is built for; Debian's and
# Ubuntu's packages where they are missing.
need_build_tools() {
  local missing=()
  command -v javac >/dev/null || missing+=(openjdk-17-jdk-headless)
  command -v mvn >/dev/null || missing+=(maven)
  command -v gcc >/dev/null || missing+=(gcc)
  case $(uname -m) in
    aarch64 | arm64) command -v x86_64-linux-gnu-gcc >/dev/null || missing+=(gcc-x86-64-linux-gnu) ;;
    *) command -v aarch64-linux-gnu-gcc >/dev/null || missing+=(gcc-aarch64-linux-gnu) ;;
  esac
  ((${#missing[@]})) || return 0
  read_os_release
  as_root need_packages "${missing[@]}"
}

# Runs one of these functions as root, by sudo if need be.
as_root() { # FUNCTION ARGUMENT...
  if ((EUID == 0)); then
    "$@"
  else
    command -v sudo >/dev/null || die 69 "needs root to install ${*:2}, and there is no sudo: install them by hand."
    sudo -- env "PATH=$PATH:/usr/sbin:/sbin" bash -c 'source "$1"; shift; "$@"' "${0##*/}" "$LIB" "$@"
  fi
}

# Whether an engine answers that has Compose 2.26 or newer; the plugin itself says what is amiss with another.
engine_answers() {
  local compose
  docker version --format '{{.Server.Version}}' >/dev/null 2>&1 || return 1
  compose=$(docker compose version --short 2>/dev/null) || return 1
  [[ $(printf '%s\n' 2.26 "${compose#v}" | sort -V | head -n 1) == 2.26 ]]
}

# Points this shell at the engine that answers, or at a private one that is set up for it. ENGINE_STARTED says which.
use_engine() { # SCRIPTS-FOLDER
  ENGINE_STARTED=''
  if engine_answers; then
    say "using the Docker engine that answers ($(docker version --format '{{.Server.Version}}'))"
    return
  fi
  # shellcheck disable=SC2034 # for the caller
  "$1/engine" status >/dev/null 2>&1 || ENGINE_STARTED=yes
  "$1/engine" start
  eval "$("$1/engine" env)"
}
