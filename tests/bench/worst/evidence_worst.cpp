// evidence_worst FOLDER...: judges every document of evidence below the folders, such as fuzzers
// found, and prints for each format how long the slowest took and how much the hungriest held at
// once. Measures; asserts nothing.
#include "tests/support/evidence_case.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <iostream>
#include <map>
#include <new>

#include <malloc.h>
#include <openssl/crypto.h>

namespace {

std::int64_t held = 0, most = 0;

void* counted(void* block) {
    if (block) held += static_cast<std::int64_t>(malloc_usable_size(block));
    most = std::max(most, held);
    return block;
}
void discounted(void* block) {
    if (block) held -= static_cast<std::int64_t>(malloc_usable_size(block));
}

void* crypto_malloc(std::size_t size, const char*, int) {
    return counted(std::malloc(size));
}
void* crypto_realloc(void* block, std::size_t size, const char*, int) {
    discounted(block);
    return counted(std::realloc(block, size));
}
void crypto_free(void* block, const char*, int) {
    discounted(block);
    std::free(block);
}

}  // namespace

void* operator new(std::size_t size) {
    void* const block = counted(std::malloc(size));
    if (!block) throw std::bad_alloc();
    return block;
}
void operator delete(void* block) noexcept {
    discounted(block);
    std::free(block);
}
void operator delete(void* block, std::size_t) noexcept {
    discounted(block);
    std::free(block);
}

namespace hallmark::testing {
namespace {

namespace fs = std::filesystem;

double cpu_ms() {
    std::timespec at{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &at);
    return static_cast<double>(at.tv_sec) * 1e3 + static_cast<double>(at.tv_nsec) / 1e6;
}

struct Worst {
    std::size_t documents = 0;
    double slowest_ms = 0;
    std::int64_t hungriest = 0;
};

std::vector<VendorPin> pins() {
    std::vector<VendorPin> all;
    for (const auto& format :
         fs::directory_iterator(fs::path(HALLMARK_SOURCE_DIR) / "tests/data/attestation"))
        all.push_back(read_case(format.path() / "good").pin);
    return all;
}

void judge(const std::string& document, const std::vector<VendorPin>& pinned,
           std::map<std::string, Worst>& worst) {
    const auto evidence = parse_evidence(document);
    if (!evidence) return;
    // Nothing of the maker is remembered, which is the dearest way.
    const ChainValidator chains;
    const EvidenceFamily family = make_family(chains);
    if (!family.find(evidence->format)) return;
    Expected expected;
    expected.activation_unchecked = expected.revocation_unchecked = true;
    const std::int64_t before = most = held;
    const double from = cpu_ms();
    (void)family.verify(*evidence, pinned, expected, noon());
    const double took = cpu_ms() - from;
    Worst& row = worst[evidence->format];
    row.documents += 1;
    row.slowest_ms = std::max(row.slowest_ms, took);
    row.hungriest = std::max(row.hungriest, most - before);
}

int run(int count, char** words) {
    const std::vector<VendorPin> pinned = pins();
    std::map<std::string, Worst> worst;
    // OpenSSL loads its tables at the first verification, once in a process.
    for (const int round : {0, 1}) {
        if (round == 1) worst.clear();
        for (int i = 1; i < count; ++i) {
            for (const auto& file : fs::recursive_directory_iterator(words[i])) {
                if (file.is_regular_file()) judge(file_text(file.path()), pinned, worst);
            }
        }
    }
    std::printf("%-22s %10s %12s %12s\n", "format", "documents", "slowest ms", "held KiB");
    for (const auto& [format, row] : worst) {
        std::printf("%-22s %10zu %12.2f %12.1f\n", format.c_str(), row.documents, row.slowest_ms,
                    static_cast<double>(row.hungriest) / 1024);
    }
    return worst.empty() ? 1 : 0;
}

}  // namespace
}  // namespace hallmark::testing

int main(int count, char** words) {
    CRYPTO_set_mem_functions(crypto_malloc, crypto_realloc, crypto_free);
    return hallmark::testing::run(count, words);
}
