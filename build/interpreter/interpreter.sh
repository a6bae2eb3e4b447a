#!/bin/sh
# CPython and everything else in C, as static libraries for glibc 2.17 and newer: build/interpreter/interpreter.sh DIRECTORY PYTHON
# All happens in DIRECTORY, an absolute path, where resolve.sh has put the sources, and sources.txt has the lines that it
# printed. What is left there can be moved anywhere: python/ with the interpreter and the libraries, and the compiler,
# bin/cc. Called by release/interpreter.py, which keeps it; PYTHON has pip to fetch the compiler.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
locks=$here/../locks
work=$1 python=$2
MAKEFLAGS=-j$(nproc)
export LC_ALL=C SOURCE_DATE_EPOCH=1 MAKEFLAGS
machine=$(uname -m)
cd "$work"

# --- signed sources
names=$(sed 's/ .*//' sources.txt)
for name in $names; do
    [ "$name" = python3.13 ] || dpkg-source -q --no-check -x source/"${name}"_*.dsc "$name"
done
# Of Debian's changes to CPython only the fixes, which end the series, and none of those of paths.
mkdir python3.13
tar xf source/python3.13_*.orig.tar.?z -C python3.13 --strip-components=1
tar xf source/python3.13_*.debian.tar.?z -C python3.13
(cd python3.13 && sed '1,/^revert-logger/d; /^#/d; /^$/d' debian/patches/series |
    while read -r fix; do patch -s -p1 -i "debian/patches/$fix"; done)

# --- a compiler for an old glibc and any processor of its kind, for position-independent programs with their stacks and
# buffers checked. Zig takes -fPIE for its own PIC; the second flag is clang's.
pip() { "$python" -m pip --quiet --disable-pip-version-check "$@" --require-hashes --no-deps; }
pip install --target compiler --only-binary :all: -r "$locks/compiler.txt"
mkdir bin
cat > bin/cc <<'END'
#!/bin/sh
home=$(cd "$(dirname "$0")/.." && pwd)
export ZIG_GLOBAL_CACHE_DIR="$home/cache" ZIG_LOCAL_CACHE_DIR="$home/cache"
exec "$home/compiler/ziglang/zig" cc -target "$(uname -m)-linux-gnu.2.17" -mcpu=baseline -fno-sanitize=undefined \
    -O2 -g0 -Xclang -pic-is-pie -fstack-protector-strong -D_FORTIFY_SOURCE=2 -Wno-date-time -ffile-prefix-map="$PWD=." "$@"
END
for tool in ar ranlib; do
    # shellcheck disable=SC2016  # the dollars are that script's
    printf '#!/bin/sh\nexec "$(dirname "$0")/../compiler/ziglang/zig" %s "$@"\n' $tool > bin/$tool
done
chmod +x bin/*
export PATH="$work/bin:$PATH" CC=cc AR=ar RANLIB=ranlib PKG_CONFIG=false

# --- the libraries
libs=$work/libs
export CFLAGS='-O2 -fvisibility=hidden'
(cd zlib && ./configure --static --prefix="$libs" && make libz.a && make -j1 install) > zlib.log 2>&1
(cd libffi && autoreconf -fi && ./configure --host="$machine-linux-gnu" --disable-shared --disable-docs \
    --prefix="$libs" --libdir="$libs/lib" && make install) > libffi.log 2>&1
(cd libyaml && autoreconf -fi && ./configure --disable-shared --prefix="$libs" && make install) > libyaml.log 2>&1
(cd openssl && ./Configure "linux-$machine" no-shared no-module no-tests no-docs no-apps --prefix=/usr --libdir=lib \
    --openssldir=/etc/ssl && make build_libs && make -j1 DESTDIR="$work/ssl" install_dev) > openssl.log 2>&1
cp -R ssl/usr/. "$libs"
unset CFLAGS

# --- CPython, with its extension modules inside: nothing must be found and mapped at startup
export OPT='-DNDEBUG -O3' CPPFLAGS="-I$libs/include" LDFLAGS="-L$libs/lib" MODULE_BUILDTYPE=static
export ZLIB_CFLAGS="-I$libs/include" ZLIB_LIBS="-L$libs/lib -lz" LIBFFI_CFLAGS="-I$libs/include" LIBFFI_LIBS="-L$libs/lib -lffi"
(cd python3.13 && ./configure --prefix=/usr --with-openssl="$libs" --without-ensurepip --disable-test-modules &&
    make && make -j1 DESTDIR="$work/installed" install) > python.log 2>&1
mv installed/usr python
cp "$libs"/lib/*.a python3.13/libpython3.13.a python3.13/Modules/_hacl/*.a python3.13/Modules/expat/*.a \
    python3.13/Modules/_decimal/libmpdec/*.a python/lib

# --- PyYAML, with libyaml
export PYTHONPATH="$work/compiler"
pip download --dest source --no-binary :all: --no-build-isolation -r "$locks/pyyaml.txt"
mkdir pyyaml
tar xf source/pyyaml-*.tar.gz -C pyyaml --strip-components=1
cp -R pyyaml/lib/yaml python/lib/python3.13/site-packages
(cd pyyaml/yaml && "$python" -m cython -3 _yaml.pyx -o _yaml.c &&
    cc -O2 -I"$work/python/include/python3.13" -I"$libs/include" -c _yaml.c -o _yaml.o &&
    ar rcs "$work/python/lib/lib_yaml.a" _yaml.o) > pyyaml.log 2>&1

# --- the licenses of all of these
mkdir python/licenses
for name in $names; do cp "$name/debian/copyright" "python/licenses/$name"; done
cp pyyaml/LICENSE python/licenses/pyyaml

python/bin/python3.13 -I -c 'import _ctypes, hashlib, ssl, sys, zlib; print(sys.version, ssl.OPENSSL_VERSION, file=sys.stderr)'
