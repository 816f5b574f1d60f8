// The ROCA fingerprint (CVE-2017-15361; Nemec et al., "The Return of Coppersmith's Attack", CCS
// 2017): the flawed library's primes are k*M + (65537^a mod M) with M a product of small primes, so
// modulo each of those the modulus is a power of 65537. A sound modulus passes all 38 with odds
// below 2^-27.
#include "ca/crypto/keys.h"

#include <array>
#include <cstdint>

namespace hallmark {

namespace {

constexpr std::array<unsigned, 38> primes{
    3,  5,  7,  11, 13, 17,  19,  23,  29,  31,  37,  41,  43,  47,  53,  59,  61,  67,  71,
    73, 79, 83, 89, 97, 101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167};

using Powers = std::array<bool, 168>;

/// Per prime, which residues are powers of 65537.
constexpr std::array<Powers, primes.size()> powers_of_65537() {
    std::array<Powers, primes.size()> table{};
    for (std::size_t i = 0; i < primes.size(); ++i) {
        unsigned power = 1;
        while (!table[i][power]) {
            table[i][power] = true;
            power = power * 65537u % primes[i];
        }
    }
    return table;
}

constexpr auto is_power = powers_of_65537();

}  // namespace

bool has_roca_fingerprint(ByteView modulus) {
    for (std::size_t i = 0; i < primes.size(); ++i) {
        unsigned residue = 0;
        for (const unsigned char octet : modulus)
            residue = (residue << 8 | octet) % primes[i];
        if (!is_power[i][residue]) return false;
    }
    return true;
}

}  // namespace hallmark
