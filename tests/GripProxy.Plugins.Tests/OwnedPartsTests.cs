namespace GripProxy.Plugins.Tests;

public sealed class OwnedPartsTests
{
    private readonly OwnedParts _owned = new();
    private readonly List<string> _gone = [];

    [Fact]
    public async Task DisposeAsync_TheLastGoesFirst_AndAllOnlyOnce()
    {
        foreach (var name in (string[])["store", "queue", "fleet"])
            _owned.Add(new Part(() => _gone.Add(name)));

        await _owned.DisposeAsync();
        await _owned.DisposeAsync();

        Assert.Equal(["fleet", "queue", "store"], _gone);
    }

    [Fact]
    public async Task DisposeAsync_OneFails_TheOthersGoAndItIsTold()
    {
        _owned.Add(new Part(() => _gone.Add("store")));
        _owned.Add(new Part(static () => throw new IOException("second")));
        _owned.Add(new Part(static () => throw new IOException("first")));

        var told = await Assert.ThrowsAsync<IOException>(async () => await _owned.DisposeAsync());

        Assert.Equal(("first", "store"), (told.Message, Assert.Single(_gone)));
    }

    private sealed class Part(Action gone) : IDisposable
    {
        public void Dispose() => gone();
    }
}
