#!/usr/bin/env bash
# Builds the image of envs/braid.def where no registry is reached, and makes a study in it.
#
#   tests/image/run.sh [FOLDER...]      as root on Debian; folders from which pip installs here
#
# The base comes from debootstrap, the steps run in a chroot, and Charliecloud, which needs no rights,
# runs the image read-only, as clusters do. The study must give the bytes that it gives without image.
set -euo pipefail
cd "$(dirname "$0")/../.."
STUDY=haxby2001
PLACE=$(mktemp --directory -t braid-image-XXXX)
IMAGE=$PLACE/image
BOUND=()

take_back() {
    for path in "${BOUND[@]}"; do umount "$path"; done
    BOUND=()
}

# What is lent must not be removed, whatever comes.
finish() { take_back && rm -rf --one-file-system "$PLACE"; }
trap finish EXIT

section() { # name: its lines in the definition
    awk -v name="%$1" '/^%/ { inside = $0 == name; next } inside && NF' envs/braid.def
}

# Read-only: the steps of the definition run as root.
lend() { # folder of this machine, seen at the same place in the image
    mkdir -p "$IMAGE$1"
    mount --bind "$1" "$IMAGE$1"
    BOUND=("$IMAGE$1" "${BOUND[@]}")
    mount --options remount,bind,ro "$IMAGE$1"
}

copy() { # a path of this machine, where there is one
    [ ! -e "$1" ] || cp --recursive --parents "$1" "$IMAGE"
}

build() {
    local release mirror
    release=$(sed -n 's/^From: debian:\(.*\)-slim$/\1/p' envs/braid.def)
    mirror=$(awk '/^URIs:/ { print $2; exit }' /etc/apt/sources.list.d/debian.sources)
    debootstrap --variant=minbase "$release" "$IMAGE" "$mirror"
    mkdir "$IMAGE"/mnt/{0,1}
    section files | while read -r from to; do install -D "$from" "$IMAGE$to"; done
    for path in /etc/pip.conf "$HOME/.config/pip" /usr/local/share/ca-certificates; do copy "$path"; done
    for folder in /proc /dev "$@"; do lend "$folder"; done
    section post | chroot "$IMAGE" sh
    take_back
}

checkout() { # folder
    git clone --quiet . "$1"
    mkdir "$1/.cache"
}

# As on a cluster: a checkout beside the image, nothing of this machine's environment, no rights.
in_image() { # command...
    { section environment && echo 'exec "$@"'; } > "$PLACE/enter"
    USER=root ch-run --cd=/mnt/0 --bind="$PLACE/inside:/mnt/0" --bind="$PLACE:/mnt/1" \
        --unset-env='*' --set-env=HOME=/mnt/1 --set-env=PATH=/usr/bin:/bin "$IMAGE" -- sh /mnt/1/enter "$@"
}

digests() { # of what a checkout made, but for records, which tell of hosts and times
    (cd "$1/results" && find . -type f ! -name '*.prov.json' ! -name '.*' -exec sha256sum {} + | sort)
}

build "$@"
checkout "$PLACE/alone"
(cd "$PLACE/alone" && PYTHONPATH=$PWD/src snakemake --cores 2 -- $STUDY)
checkout "$PLACE/inside"
cp --recursive "$PLACE/alone/.cache/packages" "$PLACE/inside/.cache"
section test > "$PLACE/test"
in_image sh -e /mnt/1/test
in_image snakemake --cores 2 -- $STUDY
diff <(digests "$PLACE/alone") <(digests "$PLACE/inside")
echo "$(digests "$PLACE/inside" | wc --lines) files are the same with the image and without"
