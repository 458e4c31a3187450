// SPDX-License-Identifier: Apache-2.0
#include "core/jobs/run_tracker.h"
#include "tests/support/check.h"

#include <csignal>

using namespace guidino;
using namespace guidino::jobs;
using namespace guidino::protocol;
using namespace std::chrono_literals;

namespace {

const RunTracker::Clock::time_point kBegin{};
const RunTracker::Signs kAlive{true, true, true, true};
const RunTracker::Signs kGone{true, true, false, true};
const RunTracker::Signs kElsewhere{true, true, false, false};

RunTracker running()
{
    RunTracker tracker;
    tracker.launched(kBegin);
    tracker.take(Hello{}, kBegin);
    tracker.judge(kAlive, kBegin);
    return tracker;
}

} // namespace

GD_TEST(exitCodesHaveOneStateAndOneAction)
{
    EXPECT(endOfExit(0).state == JobState::Finished);
    EXPECT(endOfExit(2).action == SuggestedAction::FixSettings);
    EXPECT(endOfExit(3).action == SuggestedAction::FixInput);
    EXPECT(endOfExit(4).action == SuggestedAction::ReduceBatch);
    EXPECT(endOfExit(5).state == JobState::Cancelled);
    EXPECT(endOfExit(6).action == SuggestedAction::FreeSpace);
    EXPECT(endOfExit(1).action == SuggestedAction::ShowLog);
    EXPECT(endOfExit(70).action == SuggestedAction::ShowLog);
    EXPECT(endOfExit(70).state == JobState::Failed);
    EXPECT(endOfSignal(SIGSEGV).state == JobState::Crashed);
    EXPECT(endOfSignal(SIGSEGV).action == SuggestedAction::Resume);
    EXPECT(endOfSignal(SIGKILL).action == SuggestedAction::ReduceBatch);
}

GD_TEST(aRunGoesThroughItsStates)
{
    RunTracker tracker;
    tracker.judge({true, false, false, false}, kBegin);
    EXPECT_EQ(tracker.state(), JobState::Queued);
    tracker.launched(kBegin);
    EXPECT_EQ(tracker.state(), JobState::Starting);
    tracker.judge({true, false, false, false}, kBegin + 1s);
    EXPECT_EQ(tracker.state(), JobState::Starting);
    EXPECT(!tracker.isListening());
    tracker.take(Hello{}, kBegin + 1s);
    tracker.judge(kAlive, kBegin + 1s);
    EXPECT_EQ(tracker.state(), JobState::Running);
    EXPECT(tracker.isListening());
    tracker.take(Alive{3, "paused"}, kBegin + 2s);
    tracker.judge(kAlive, kBegin + 2s);
    EXPECT_EQ(tracker.state(), JobState::Paused);
    tracker.take(Alive{4, "running"}, kBegin + 3s);
    tracker.judge(kAlive, kBegin + 3s);
    EXPECT_EQ(tracker.state(), JobState::Running);
    tracker.take(JobResult{"best", 0.5, {}}, kBegin + 4s);
    tracker.take(Bye{"finished", 0}, kBegin + 4s);
    tracker.judge(kGone, kBegin + 60s);
    EXPECT_EQ(tracker.state(), JobState::Finished);
    EXPECT(!tracker.isListening());
    EXPECT_EQ(tracker.result().path, "best");
}

GD_TEST(silenceAndStandstillAreStalls)
{
    RunTracker tracker = running();
    tracker.judge(kAlive, kBegin + 19s);
    EXPECT_EQ(tracker.state(), JobState::Running);
    tracker.judge(kAlive, kBegin + 21s);
    EXPECT_EQ(tracker.state(), JobState::Stalled);
    EXPECT(tracker.end().action == SuggestedAction::KillAndResume);
    tracker.take(Alive{1, "running"}, kBegin + 22s);
    tracker.judge(kAlive, kBegin + 22s);
    EXPECT_EQ(tracker.state(), JobState::Running);
    for (auto now = kBegin + 22s; now < kBegin + 700s; now += 2s) {
        tracker.take(Alive{1, "running"}, now);
        tracker.judge(kAlive, now);
        EXPECT_EQ(tracker.state() == JobState::Stalled, now > kBegin + 622s);
    }
}

GD_TEST(aLongPauseIsNoStall)
{
    RunTracker tracker = running();
    for (auto now = kBegin; now < kBegin + 2000s; now += 2s) {
        tracker.take(Alive{1, "paused"}, now);
        tracker.judge(kAlive, now);
    }
    EXPECT_EQ(tracker.state(), JobState::Paused);
}

GD_TEST(anEndWithoutAWordIsACrashOrALoss)
{
    RunTracker here = running();
    here.judge(kGone, kBegin + 1s);
    EXPECT_EQ(here.state(), JobState::Running); // one look may fall between bye and its sight
    here.judge(kGone, kBegin + 2s);
    EXPECT_EQ(here.state(), JobState::Crashed);
    EXPECT(here.end().action == SuggestedAction::Resume);
    RunTracker elsewhere = running();
    elsewhere.judge(kElsewhere, kBegin + 1s);
    elsewhere.judge(kElsewhere, kBegin + 2s);
    EXPECT_EQ(elsewhere.state(), JobState::Lost);
    RunTracker never;
    never.launched(kBegin);
    never.judge({true, false, false, false}, kBegin + 21s);
    never.judge({true, false, false, false}, kBegin + 22s);
    EXPECT_EQ(never.state(), JobState::Crashed);
    RunTracker empty;
    empty.judge({}, kBegin);
    EXPECT_EQ(empty.state(), JobState::Lost);
}

GD_TEST(failuresAreKeptAndANewSessionForgetsThem)
{
    RunTracker tracker = running();
    tracker.take(Failure{"out_of_memory", "too little", {}, true, {}}, kBegin);
    tracker.take(Bye{"failed", 4}, kBegin);
    EXPECT_EQ(tracker.state(), JobState::Failed);
    EXPECT(tracker.end().action == SuggestedAction::ReduceBatch);
    EXPECT_EQ(tracker.end().failure.message, "too little");
    tracker.take(Hello{}, kBegin);
    EXPECT_EQ(tracker.state(), JobState::Running);
    tracker.take(Bye{"finished", 0}, kBegin);
    EXPECT_EQ(tracker.state(), JobState::Finished);
    EXPECT_EQ(tracker.end().failure.code, "");
}

GD_TEST_MAIN()
