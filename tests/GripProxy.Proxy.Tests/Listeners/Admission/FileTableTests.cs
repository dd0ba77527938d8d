using System.Globalization;
using GripProxy.Proxy.Listeners.Admission;

namespace GripProxy.Proxy.Tests.Listeners.Admission;

public sealed class FileTableTests
{
    [Fact]
    public void Grow_MoreFilesThanTheTableHas_HasRoomForThemAndOpensNone()
    {
        var wanted = SizeOfTable() + 1;
        if (!OperatingSystem.IsLinux() || OpenFiles.Limit() < wanted)
            return;
        FileTable.Grow(wanted);
        Assert.InRange(SizeOfTable(), wanted, int.MaxValue);
        Assert.False(Path.Exists(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{wanted - 1}")));
    }

    [Fact]
    public void Grow_MoreThanTheLimit_ChangesNothing()
    {
        if (!OperatingSystem.IsLinux() || OpenFiles.Limit() is not { } limit)
            return;
        var before = SizeOfTable();
        FileTable.Grow(limit + 1);
        Assert.Equal(before, SizeOfTable());
    }

    private static int SizeOfTable() => !OperatingSystem.IsLinux()
        ? 0
        : int.Parse(File.ReadLines("/proc/self/status").Single(line => line.StartsWith("FDSize:", StringComparison.Ordinal))[7..], CultureInfo.InvariantCulture);
}
