// The program that no policy of the tests lets start. It proves that it ran by a token that a reader of the file does not
// find: each byte of it stands there changed. As a library it proves that it was loaded.
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// TOKEN is given by the judge, each of its bytes with the last bit turned.
static void tell(void) {
    char token[] = TOKEN "\n";
    size_t length = strlen(token);
    for (size_t i = 0; i + 1 < length; i++) {
        token[i] = (char)(token[i] ^ 1);
    }
    // To both: some attempts hand one of them to somebody else.
    if (write(1, token, length) < 0 || write(2, token, length) < 0) {
        _exit(1);
    }
}

#ifdef LIBRARY
__attribute__((constructor)) static void loaded(void) {
    tell();
}

unsigned int la_version(unsigned int version);
unsigned int la_version(unsigned int version) {
    return version;
}
#else
int main(void) {
    tell();
    return 0;
}
#endif
