using GripProxy.Proxy.Listeners.Local;

namespace GripProxy.Proxy.Tests.Listeners.Local;

public sealed class LocalListenTests
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    [Fact]
    public void TryParse_PathAlone_LeavesTheRest() =>
        Assert.Equal(new LocalListen { Path = "/run/a.sock" }, LocalListen.TryParse("/run/a.sock", out _));

    [Fact]
    public void TryParse_RelativePath_IsBelowTheWorkingDirectory() =>
        Assert.Equal(Path.GetFullPath("run/a.sock"), LocalListen.TryParse("run/a.sock", out _)?.Path);

    [Theory]
    [InlineData("600")]
    [InlineData("0600")]
    public void TryParse_Mode_IsOctal(string mode) => Assert.Equal(OwnerOnly, LocalListen.TryParse($"/a?mode={mode}", out _)?.Mode);

    [Fact]
    public void TryParse_UserAndGroup_AreFoundByNameAndNumber()
    {
        var listen = LocalListen.TryParse("/a?user=root&group=7&mode=600", out var error);

        Assert.Equal("", error);
        Assert.Equal(new LocalListen { Path = "/a", User = 0, Group = 7, Mode = OwnerOnly }, listen);
    }

    [Theory]
    [InlineData("/a?mode=", "invalid mode: ;")]
    [InlineData("/a?mode=rw", "invalid mode: rw;")]
    [InlineData("/a?mode=680", "invalid mode: 680;")]
    [InlineData("/a?mode=7777", "invalid mode: 7777;")]
    [InlineData("/a?mode=-600", "invalid mode: -600;")]
    [InlineData("", "invalid local port: ;")]
    [InlineData("/a?user=no-such-user-here", "invalid local port: /a?user=no-such-user-here; this machine has no user no-such-user-here")]
    [InlineData("/a?group=no-such-group-here", "invalid local port: /a?group=no-such-group-here; this machine has no group no-such-group-here")]
    [InlineData("/a?user=", "invalid local port: /a?user=; this machine has no user ")]
    [InlineData("/a?owner=root", "invalid local port: /a?owner=root; 'owner=root' is not understood")]
    [InlineData("/a?mode", "invalid mode: ;")]
    public void TryParse_Wrong_SaysWhat(string text, string error)
    {
        Assert.Null(LocalListen.TryParse(text, out var found));
        Assert.StartsWith(error, found, StringComparison.Ordinal);
    }

    [Fact]
    public void TryParse_PathLongerThanASocketMayHave_SaysSo()
    {
        Assert.Null(LocalListen.TryParse("/" + new string('a', 107), out var error));
        Assert.Contains("at most 107 bytes", error, StringComparison.Ordinal);
    }
}
