// A device with TCG's DICE and what it shows, for tests to change one thing of.
#pragma once

#include "station/simulator/soft_dice.h"
#include "tests/unit/attestation/format_fixture.h"

namespace hallmark::testing {

inline const Bytes some_ueid = concat({Bytes{0x01}, Bytes(16, 0x5E)});

class Dice : public FormatTest {
protected:
    Dice() : FormatTest("dice") { pin.anchors.roots = {maker.root()}; }

    SoftDiceMaker maker;
    SoftDice device{maker, some_ueid};
    PkeyPtr alias = soft_p256_key();

    void show(std::vector<Bytes> chain) {
        evidence = {
            .format = "dice",
            .members = {{.name = "chain", .values = std::move(chain), .is_list = true},
                        {.name = "signature", .values = {SoftDice::answer(alias.get(), nonce)}}}};
        expected.spki = spki_of(alias.get());
    }
    void make(const SoftDiceLayers& how = {}) { show(device.chain(spki_of(alias.get()), how)); }
    std::vector<Bytes>& chain() { return evidence.members.front().values; }
    Bytes& signature() { return evidence.members.back().values.front(); }
    [[nodiscard]] Digest device_key() const { return sha256(spki_of(device.device_id().get())); }
};

}  // namespace hallmark::testing
