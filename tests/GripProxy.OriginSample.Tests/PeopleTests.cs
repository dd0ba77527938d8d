using GripProxy.Testing;

namespace GripProxy.OriginSample.Tests;

public sealed class PeopleTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public void Take_SameAgain_ChangesNothing()
    {
        var people = new People(_time);

        Assert.True(people.Take(new Heartbeat("p", "alice", ["sse"])));
        Assert.False(people.Take(new Heartbeat("p", "alice", ["sse"])));
        Assert.True(people.Take(new Heartbeat("p", "alice", ["long-poll"])));
    }

    [Fact]
    public void List_AfterAChange_HasAGreaterVersion()
    {
        var people = new People(_time);
        var before = people.List().Version;
        people.Take(new Heartbeat("p", "alice", ["sse"]));
        var after = people.List().Version;
        people.Take(new Heartbeat("p", "alice", ["sse"]));

        Assert.True(after > before);
        Assert.Equal(after, people.List().Version);
    }

    [Fact]
    public void Sweep_PageThatWasNotHeard_IsForgotten()
    {
        var people = new People(_time);
        people.Take(new Heartbeat("old", "alice", ["sse"]));
        _time.Advance(TimeSpan.FromSeconds(30));
        people.Take(new Heartbeat("new", "bob", ["sse"]));
        _time.Advance(TimeSpan.FromSeconds(6));

        Assert.True(people.Sweep());
        Assert.False(people.Sweep());

        Assert.Equal(["bob"], people.List().People.Select(person => person.User));
    }
}
