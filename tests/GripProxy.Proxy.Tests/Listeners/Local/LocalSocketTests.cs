using System.Net.Sockets;
using GripProxy.Proxy.Listeners;
using GripProxy.Proxy.Listeners.Local;

namespace GripProxy.Proxy.Tests.Listeners.Local;

public sealed class LocalSocketTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gripproxy-test");

    private LocalListen Listen => new() { Path = Path.Combine(_folder.FullName, "s") };

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Request_OverTheSocket_IsServed()
    {
        await using var server = await ClientServer.StartAsync(new ClientListenerOptions { LocalListen = [Listen] });
        using var client = ClientServer.Client(Assert.Single(server.EndPoints));

        Assert.Equal("HTTP/1.1 http a.example", await client.GetStringAsync(new Uri("http://a.example/")));
    }

    [Fact]
    public async Task Bind_Mode_IsThatOfTheFile()
    {
        var listen = Listen with { Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite };
        await using var server = await ClientServer.StartAsync(new ClientListenerOptions { LocalListen = [listen] });

        Assert.Equal(listen.Mode, OperatingSystem.IsWindows() ? null : File.GetUnixFileMode(listen.Path));
    }

    [Fact]
    public void Bind_OwnerByName_IsSet()
    {
        var listen = LocalListen.TryParse($"{Listen.Path}?user={Environment.UserName}", out _);
        Assert.NotNull(listen?.User);

        using var socket = LocalSocket.Bind(listen);

        Assert.True(File.Exists(listen.Path));
    }

    [Fact]
    public void ChangeOwner_FileMissing_SaysWhy() =>
        Assert.StartsWith(
            "changing its owner: ",
            Assert.Throws<IOException>(() => SystemAccounts.ChangeOwner(Listen.Path, 0, null)).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Bind_FolderAbsent_IsMade()
    {
        var listen = Listen with { Path = Path.Combine(_folder.FullName, "run", "s") };

        using var socket = LocalSocket.Bind(listen);

        Assert.True(File.Exists(listen.Path));
    }

    [Fact]
    public async Task Bind_SocketOfADeadProcess_IsReplaced()
    {
        LeaveBehind();

        await using var server = await ClientServer.StartAsync(new ClientListenerOptions { LocalListen = [Listen] });
        using var client = ClientServer.Client(Listen.EndPoint);

        Assert.Equal("HTTP/1.1 http a.example", await client.GetStringAsync(new Uri("http://a.example/")));
    }

    [Fact]
    public async Task Bind_SocketInUse_IsRefused()
    {
        await using var server = await ClientServer.StartAsync(new ClientListenerOptions { LocalListen = [Listen] });

        var refused = Assert.Throws<ListenException>(() => LocalSocket.Bind(Listen));

        Assert.Equal($"unable to bind {Listen.Path}: another process listens there", refused.Message);
    }

    [Fact]
    public void Bind_FileOfThatName_IsLeftAlone()
    {
        File.WriteAllText(Listen.Path, "x");

        var refused = Assert.Throws<ListenException>(() => LocalSocket.Bind(Listen));

        Assert.Equal($"unable to bind {Listen.Path}: there is a file of that name", refused.Message);
        Assert.Equal("x", File.ReadAllText(Listen.Path));
    }

    [Fact]
    public void Bind_FolderCannotBeMade_SaysSo()
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "file"), "");
        var folder = Path.Combine(_folder.FullName, "file", "run");

        var refused = Assert.Throws<ListenException>(() => LocalSocket.Bind(Listen with { Path = Path.Combine(folder, "s") }));

        Assert.StartsWith($"failed to create directory: {folder}: ", refused.Message, StringComparison.Ordinal);
    }

    // The framework removes the file when it disposes of the socket; a process that was killed does not.
    private void LeaveBehind()
    {
        var moved = Path.Combine(_folder.FullName, "t");
        using (var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            socket.Bind(Listen.EndPoint);
            File.Move(Listen.Path, moved);
        }

        File.Move(moved, Listen.Path);
    }
}
