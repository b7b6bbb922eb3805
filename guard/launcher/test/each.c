// Tries each of the named files in a fuzzer's place, so that what one found once is tried by every build.
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

int main(int count, char **words) {
    static unsigned char data[1 << 20];
    for (int i = 1; i < count; i++) {
        FILE *file = fopen(words[i], "rb");
        if (!file) {
            fprintf(stderr, "%s cannot be read\n", words[i]);
            return 66;
        }
        size_t size = fread(data, 1, sizeof data, file);
        fclose(file);
        LLVMFuzzerTestOneInput(data, size);
    }
    printf("%d tried\n", count - 1);
    return 0;
}
