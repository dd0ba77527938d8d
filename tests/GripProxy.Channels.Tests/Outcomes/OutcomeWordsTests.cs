using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Publishing;
using GripProxy.Channels.Subscriptions;
using GripProxy.Channels.Tracing;

namespace GripProxy.Channels.Tests.Outcomes;

public sealed class OutcomeWordsTests
{
    [Fact]
    public void Words_OfDropsAndCloses_AreThoseOfTheSpecification()
    {
        Assert.Equal(
            ["queue-full", "connection-closed", "filter-error", "content-filters", "not-joined", "relay-full", "rate-hwm"],
            Enum.GetValues<DropReason>().Select(reason => reason.Word()));
        Assert.Equal(
            ["client", "origin", "published", "timeout", "overflow", "drain", "admin", "token-expired", "error"],
            Enum.GetValues<CloseReason>().Select(reason => reason.Word()));
        Assert.Equal(["response", "stream", "ws", "signalr"], Enum.GetValues<SubscriptionMode>().Select(mode => mode.Word()));
    }

    [Fact]
    public void Words_OfPublishes_StandForEachOutcome() =>
        Assert.Equal(
            ["delivered", "duplicate", "waiting", "place-taken", "too-many-wait"],
            Enum.GetValues<PublishOutcome>().Select(outcome => outcome.Word()));

    [Fact]
    public void Words_OfResumes_AreThoseOfTheSpecification() =>
        Assert.Equal(
            ["resumed", "epoch", "expired", "ahead", "unknown", "no-log", "unavailable", "overflow"],
            Enum.GetValues<ResumeOutcome>().Select(outcome => outcome.Word()));

    [Fact]
    public void Words_OfTraces_AreThoseOfTheSpecification()
    {
        Assert.Equal(["http", "pull", "sub", "command", "plugin", "node"], Enum.GetValues<PublisherDoor>().Select(door => door.Word()));
        Assert.Equal(
            ["received", "duplicate", "waiting", "released", "appended", "relayed", "matched", "filtered", "no-format", "queued", "dropped", "written", "more"],
            Enum.GetValues<TraceStepKind>().Select(kind => kind.Word()));
    }
}
