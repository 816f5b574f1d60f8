// fuzz: NEEDS ca/domain ca/crypto ca/json station
// covers: station/server_answers.cpp
// Whatever a server answers, the station reads it or says that it cannot; nothing else happens.
#include "station/server_answers.h"

#include <cstdint>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string body(reinterpret_cast<const char*>(data), size);
    const auto tried = [](auto&& decode) {
        try {
            (void)decode();
        } catch (const hallmark::AnswerFault&) {
            return;  // The one way to say no.
        }
    };
    tried([&] {
        const hallmark::ChallengeGiven given = hallmark::decode_challenge(body);
        // Its members go back as evidence, in the form in which they came.
        return hallmark::encode(hallmark::ChallengeWanted{"product", "tpm2", given.members});
    });
    tried([&] { return hallmark::decode_issuance(body); });
    tried([&] { return hallmark::refusal_in({502, {{"content-type", "text/html"}}, body}); });
    tried([&] {
        return hallmark::refusal_in({403, {{"content-type", "application/problem+json"}}, body});
    });
    return 0;
}
