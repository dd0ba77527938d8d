using GripProxy.Forwarding.Routing;
using GripProxy.Protocol.Routes;

namespace GripProxy.Forwarding.Tests.Routing;

public sealed class RouteStoreTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("routes-").FullName;
    private readonly ManualTimeProvider _time = new();
    private readonly RecordingLogger<RouteStore> _logger = new();
    private RouteStore? _store;

    private string FilePath => Path.Combine(_folder, "routes");

    public void Dispose()
    {
        _store?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Start_File_IsLoadedAndItsBadLinesAreLogged()
    {
        File.WriteAllText(FilePath, "* one:1\nbad\na two:2\n");

        var store = Start();

        Assert.Equal("one:1", Target(store));
        Assert.Equal(_folder, store.Current.Find("a", "/", RouteProtocol.Http, ssl: false)?.BaseDirectory);
        Assert.Equal(
            ["Warning: routes:2: must specify condition and at least one target: expected a line such as: * localhost:8000", "Information: routes loaded with 2 entries"],
            _logger.Lines);
    }

    [Fact]
    public async Task Start_MissingFile_IsReadWhenItAppears()
    {
        var store = Start();
        Assert.Equal(0, store.Current.Count);
        Assert.Equal([$"Warning: unable to open routes file: {FilePath}"], _logger.Lines);

        await File.WriteAllTextAsync(FilePath, "* one:1");
        await _time.Armed;
        _time.Fire();

        Assert.Equal("one:1", Target(store));
    }

    [Fact]
    public async Task Watch_FileReplacedByRename_IsReadOneSecondLater()
    {
        await File.WriteAllTextAsync(FilePath, "* one:1");
        await File.WriteAllTextAsync(FilePath + ".new", "* two:2");
        var store = Start();

        File.Move(FilePath + ".new", FilePath, overwrite: true);
        Assert.Equal(TimeSpan.FromSeconds(1), await _time.Armed);
        Assert.Equal("one:1", Target(store));
        _time.Fire();

        Assert.Equal("two:2", Target(store));
        Assert.Equal(
            ["Information: routes loaded with 1 entries", "Information: routes file changed, reloading", "Information: routes loaded with 1 entries"],
            _logger.Lines);
    }

    [Fact]
    public async Task Watch_FileWrittenInPlace_IsReadAgainEachTime()
    {
        await File.WriteAllTextAsync(FilePath, "* one:1");
        var store = Start();

        foreach (var target in new[] { "two:2", "three:3" })
        {
            await File.WriteAllTextAsync(FilePath, "* " + target);
            await _time.Armed;
            _time.Fire();
            Assert.Equal(target, Target(store));
        }
    }

    [Fact]
    public async Task Watch_LinkOfAVolumeReplacedByRename_IsRead()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "v1"));
        Directory.CreateDirectory(Path.Combine(_folder, "v2"));
        await File.WriteAllTextAsync(Path.Combine(_folder, "v1", "routes"), "* one:1");
        await File.WriteAllTextAsync(Path.Combine(_folder, "v2", "routes"), "* two:2");
        File.CreateSymbolicLink(Path.Combine(_folder, "..data"), "v1");
        File.CreateSymbolicLink(FilePath, Path.Combine("..data", "routes"));
        File.CreateSymbolicLink(Path.Combine(_folder, "..new"), "v2");
        var store = Start();
        Assert.Equal("one:1", Target(store));

        File.Delete(Path.Combine(_folder, "..data"));
        Directory.Move(Path.Combine(_folder, "..new"), Path.Combine(_folder, "..data"));
        await _time.Armed;
        _time.Fire();

        Assert.Equal("two:2", Target(store));
    }

    [Fact]
    public void NoteChange_TwiceWithinTheSettleTime_CountsTheFirst()
    {
        File.WriteAllText(FilePath, "* one:1");
        var store = Start();

        store.NoteChange();
        store.NoteChange();
        Assert.Equal(1, _time.TimesArmed);

        _time.Fire();
        store.NoteChange();
        Assert.Equal(2, _time.TimesArmed);
    }

    [Fact]
    public void Reload_ChangedFile_IsReadAtOnce()
    {
        File.WriteAllText(FilePath, "* one:1");
        var store = Start();
        File.WriteAllText(FilePath, "* two:2");

        Assert.True(store.Reload());

        Assert.Equal("two:2", Target(store));
    }

    [Fact]
    public void Version_GrowsOnlyWithAnotherText()
    {
        File.WriteAllText(FilePath, "* one:1");
        var store = Start();
        var before = store.Version;
        store.Reload();
        Assert.Equal(before, store.Version);
        File.WriteAllText(FilePath, "* two:2");
        store.Reload();
        Assert.Equal(before + 1, store.Version);
    }

    [Fact]
    public void Reload_UnreadableFile_KeepsTheOldRoutes()
    {
        File.WriteAllText(FilePath, "* one:1");
        var store = Start();
        var before = store.Current;
        File.Delete(FilePath);

        Assert.False(store.Reload());

        Assert.Same(before, store.Current);
        Assert.Equal($"Warning: unable to open routes file: {FilePath}", _logger.Lines[^1]);
    }

    [Fact]
    public void Start_Lines_AreUsedInsteadOfTheFile()
    {
        File.WriteAllText(FilePath, "* one:1");

        var store = Start("bad", "* two:2");
        Assert.True(store.Reload());

        Assert.Equal("two:2", Target(store));
        Assert.Equal(
            ["Warning: <route>:1: must specify condition and at least one target: expected a line such as: * localhost:8000", "Information: routes loaded with 1 entries"],
            _logger.Lines);
    }

    [Fact]
    public void Start_MissingFolder_IsAWarning()
    {
        _store = new RouteStore(new RoutingOptions { FilePath = Path.Combine(_folder, "none", "routes") }, _time, _logger);

        _store.Start();

        Assert.StartsWith("Warning: routes file is not watched, it is read again on SIGHUP only: ", _logger.Lines[0], StringComparison.Ordinal);
        Assert.StartsWith("Warning: unable to open routes file: ", _logger.Lines[1], StringComparison.Ordinal);
    }

    private static string? Target(RouteStore store) => store.Current.Find("h", "/", RouteProtocol.Http, ssl: false)?.Targets[0].Display;

    private RouteStore Start(params string[] lines)
    {
        _store = new RouteStore(new RoutingOptions { FilePath = FilePath, Lines = lines }, _time, _logger);
        _store.Start();
        return _store;
    }
}
