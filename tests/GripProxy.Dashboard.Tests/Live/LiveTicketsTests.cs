using GripProxy.Dashboard.Live;
using GripProxy.Testing;

namespace GripProxy.Dashboard.Tests.Live;

public sealed class LiveTicketsTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public void Ticket_WithinAMinute_OpensTheOneChannelForAWhile()
    {
        LiveTickets tickets = new(_time);
        var ticket = tickets.Issue();
        _time.Advance(LiveTickets.Life);

        var decision = tickets.Check(ticket);

        Assert.True(decision.IsAllowed);
        Assert.True(decision.Scope.Covers(tickets.Channel));
        Assert.False(decision.Scope.Covers("news"));
        Assert.Equal(_time.GetUtcNow() + LiveTickets.ConnectionLife, decision.Expires);
    }

    [Fact]
    public void Ticket_AfterAMinute_IsRefused()
    {
        LiveTickets tickets = new(_time);
        var ticket = tickets.Issue();
        _time.Advance(LiveTickets.Life + TimeSpan.FromMilliseconds(1));

        Assert.False(tickets.Check(ticket).IsAllowed);
    }

    [Fact]
    public void Ticket_OfAnotherProcess_IsRefused() => Assert.False(new LiveTickets(_time).Check(new LiveTickets(_time).Issue()).IsAllowed);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("%%%")]
    [InlineData("AAAA")]
    public void Ticket_ThatIsNone_IsRefused(string? ticket) => Assert.False(new LiveTickets(_time).Check(ticket).IsAllowed);
}
