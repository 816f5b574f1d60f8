#include "station/load.h"

#include "ca/crypto/hash.h"
#include "ca/domain/clock.h"
#include "station/csr.h"
#include "station/issued_check.h"
#include "station/protocol_proofs.h"
#include "station/server_answers.h"
#include "station/transport.h"

#include <algorithm>
#include <cmath>
#include <ctime>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

namespace hallmark {
namespace {

using Steady = std::chrono::steady_clock;

std::uint32_t microseconds_since(Steady::time_point begin) {
    const auto passed =
        std::chrono::duration_cast<std::chrono::microseconds>(Steady::now() - begin).count();
    return static_cast<std::uint32_t>(std::clamp<std::int64_t>(passed, 0, UINT32_MAX));
}

/// A device on the bench, and its issuance request where the server put that off: it is sent again
/// as it is, since its challenge lives still.
struct Work {
    SecureElement* element = nullptr;
    std::string request = {};
};

/// The devices that wait.
class Tray {
public:
    explicit Tray(std::vector<std::unique_ptr<SecureElement>> elements)
        : elements_(std::move(elements)) {
        for (const auto& element : elements_)
            waiting_.push_back({element.get()});
    }
    [[nodiscard]] std::optional<Work> take() {
        const std::lock_guard lock(mutex_);
        if (waiting_.empty()) return std::nullopt;
        Work work = std::move(waiting_.front());
        waiting_.pop_front();
        return work;
    }
    void put_back(Work work) {
        const std::lock_guard lock(mutex_);
        waiting_.push_back(std::move(work));
    }

private:
    std::mutex mutex_;
    std::vector<std::unique_ptr<SecureElement>> elements_;
    std::deque<Work> waiting_;
};

/// When each next device is due.
class Pace {
public:
    Pace(double rate, std::chrono::milliseconds time)
        : rate_(rate), begin_(Steady::now()), end_(begin_ + time) {}

    /// Waits for it; nullopt when the time is over.
    [[nodiscard]] std::optional<Steady::time_point> next() {
        if (rate_ <= 0) {
            const auto now = Steady::now();
            return now < end_ ? std::optional(now) : std::nullopt;
        }
        const Steady::time_point due = due_at(next_number());
        if (due >= end_ || Steady::now() >= end_) return std::nullopt;
        std::this_thread::sleep_until(due);
        return due;
    }
    /// Numbers that were due and that nobody came for.
    [[nodiscard]] std::size_t left() const {
        if (rate_ <= 0) return 0;
        const double all = rate_ * std::chrono::duration<double>(end_ - begin_).count();
        return static_cast<std::size_t>(
            std::max(0.0, std::floor(all) - static_cast<double>(number_)));
    }
    [[nodiscard]] Steady::time_point begin() const noexcept { return begin_; }
    [[nodiscard]] Steady::time_point end() const noexcept { return end_; }

private:
    std::uint64_t next_number() {
        const std::lock_guard lock(mutex_);
        return number_++;
    }
    [[nodiscard]] Steady::time_point due_at(std::uint64_t number) const {
        return begin_ + std::chrono::duration_cast<Steady::duration>(
                            std::chrono::duration<double>(static_cast<double>(number) / rate_));
    }

    double rate_;
    Steady::time_point begin_;
    Steady::time_point end_;
    std::mutex mutex_;
    std::uint64_t number_ = 0;
};

/// One connection of one station.
class Line {
public:
    Line(const LoadPlan& plan, const ClientOptions& station, const Clock& clock)
        : plan_(plan), clock_(clock), client_(station), check_(plan.roots) {}

    void work(Tray& tray, Pace& pace) {
        while (const auto due = pace.next()) {
            auto work = begun_ ? std::exchange(begun_, std::nullopt) : tray.take();
            if (!work) {
                report_.ran_out = true;
                return;
            }
            if (plan_.fresh_handshakes) client_.close();
            const auto pause = device(*work, *due);
            if (!pause) continue;
            if (work->request.empty()) {
                tray.put_back(*std::move(work));
            } else {
                begun_ = std::move(work);
            }
            // A station that paces itself waits as it was told; one that is behind its rate
            // cannot.
            if (plan_.rate <= 0)
                std::this_thread::sleep_until(std::min(Steady::now() + *pause, pace.end()));
        }
    }
    [[nodiscard]] LoadReport& report() noexcept { return report_; }

private:
    /// How long to wait where the server put the device off.
    std::optional<std::chrono::milliseconds> device(Work& work, Steady::time_point due) {
        try {
            if (work.request.empty()) {
                const auto pause = open(work);
                if (work.request.empty()) return pause;
            }
            const Steady::time_point asked = Steady::now();
            const ClientAnswer answer = post("/v1/issuances", work.request);
            const std::uint32_t issuance_took = microseconds_since(asked);
            const std::uint32_t device_took = microseconds_since(due);
            if (answer.status != 201) return other_answer(answer, issuance_took);
            check_.check(decode_issuance(answer.body), *work.element->leaf(), clock_.now());
            ++report_.issued;
            report_.issuance.push_back(issuance_took);
            report_.device.push_back(device_took);
        } catch (const ClientFault&) {
            ++report_.unanswered;
        } catch (const std::exception& fault) {
            ++report_.wrong[fault.what()];
        }
        return std::nullopt;
    }

    /// Challenge, CSR and evidence become the request; it stays empty where the server says no.
    std::optional<std::chrono::milliseconds> open(Work& work) {
        SecureElement& element = *work.element;
        const std::string wanted = encode(
            ChallengeWanted{plan_.product, std::string(element.format()), element.introduce()});
        const Steady::time_point begin = Steady::now();
        const ClientAnswer opened = post("/v1/challenges", wanted);
        const std::uint32_t took = microseconds_since(begin);
        if (opened.status != 201) return other_answer(opened, took);
        report_.challenge.push_back(took);
        work.request = request(element, decode_challenge(opened.body));
        return std::nullopt;
    }

    [[nodiscard]] std::string request(SecureElement& element, ChallengeGiven given) const {
        const Bytes spki = element.leaf().value();
        const Bytes nonce =
            nonce_for({.door = "factory", .challenge = given.challenge, .spki = spki});
        const Bytes csr = make_csr(
            {.spki = spki, .nonce = nonce, .attributes = element.request_attributes(nonce)},
            [&](ByteView message) { return element.sign(message); });
        Evidence evidence = element.attest({given.challenge, nonce, csr, std::move(given.members)});
        return encode(IssuanceWanted{.request_id = random_uuid(),
                                     .product = plan_.product,
                                     .challenge = given.challenge,
                                     .csr = csr,
                                     .evidence = std::move(evidence)});
    }

    std::optional<std::chrono::milliseconds> other_answer(const ClientAnswer& answer,
                                                          std::uint32_t took) {
        const Refusal refusal = refusal_in(answer);
        if (answer.status != 503) {
            ++report_.refused[std::string(name_of(refusal.reason))];
            return std::nullopt;
        }
        const auto pause = retry_after(answer);
        if (!pause) throw AnswerFault("503 without Retry-After");
        ++report_.put_off;
        report_.put_off_times.push_back(took);
        return *pause;
    }

    ClientAnswer post(std::string_view target, const std::string& body) {
        return client_.request("POST", target, body);
    }

    const LoadPlan& plan_;
    const Clock& clock_;
    HttpsClient client_;
    IssuedCheck check_;
    std::optional<Work> begun_;  ///< Its challenge is this station's alone.
    LoadReport report_;
};

void add(Times& to, const Times& more) {
    to.insert(to.end(), more.begin(), more.end());
}

void add(LoadReport& to, const LoadReport& more) {
    to.issued += more.issued;
    to.put_off += more.put_off;
    to.unanswered += more.unanswered;
    to.ran_out = to.ran_out || more.ran_out;
    for (const auto& [reason, count] : more.refused)
        to.refused[reason] += count;
    for (const auto& [what, count] : more.wrong)
        to.wrong[what] += count;
    add(to.challenge, more.challenge);
    add(to.issuance, more.issuance);
    add(to.device, more.device);
    add(to.put_off_times, more.put_off_times);
}

}  // namespace

std::uint32_t percentile(const Times& sorted, double share) {
    if (sorted.empty()) return 0;
    const auto rank =
        static_cast<std::size_t>(std::ceil(share * static_cast<double>(sorted.size())));
    return sorted[std::clamp<std::size_t>(rank, 1, sorted.size()) - 1];
}

LoadReport run_load(const LoadPlan& plan, std::vector<std::unique_ptr<SecureElement>> elements,
                    const Clock& clock) {
    std::deque<Line> lines;
    for (std::size_t i = 0; i < plan.concurrency; ++i)
        lines.emplace_back(plan, plan.stations.at(i % plan.stations.size()), clock);
    Tray tray(std::move(elements));
    const std::clock_t cpu = std::clock();
    Pace pace(plan.rate, plan.time);
    std::vector<std::thread> threads;
    for (Line& line : lines)
        threads.emplace_back([&] { line.work(tray, pace); });
    for (std::thread& thread : threads)
        thread.join();
    LoadReport report;
    report.seconds = std::chrono::duration<double>(Steady::now() - pace.begin()).count();
    report.cpu_seconds = static_cast<double>(std::clock() - cpu) / CLOCKS_PER_SEC;
    report.not_begun = pace.left();
    for (Line& line : lines)
        add(report, line.report());
    for (Times* times :
         {&report.challenge, &report.issuance, &report.device, &report.put_off_times})
        std::sort(times->begin(), times->end());
    return report;
}

}  // namespace hallmark
