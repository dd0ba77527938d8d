using GripProxy.Proxy.Listeners.Admission;

namespace GripProxy.Proxy.Tests.Listeners.Admission;

public sealed class OpenFilesTests
{
    [Fact]
    public void Find_TextOfTheSystem_IsTheLimitInForce() => Assert.Equal(
        20_000,
        OpenFiles.Find(
            "Limit                     Soft Limit           Hard Limit           Units     \n"
            + "Max processes             63000                63000                processes \n"
            + "Max open files            20000                40000                files     \n"));

    [Theory]
    [InlineData("Max open files            unlimited            unlimited            files\n")]
    [InlineData("Max processes             63000                63000                processes\n")]
    [InlineData("")]
    public void Find_NoLimit_IsNull(string limits) => Assert.Null(OpenFiles.Find(limits));

    [Theory]
    [InlineData(50_000, 1_048_576, 50_000)]
    [InlineData(50_000, 20_000, 19_300)]
    [InlineData(100, 20_000, 100)]
    [InlineData(50_000, 100, 1)]
    [InlineData(50_000, null, 50_000)]
    public void RoomFor_ManyClients_KeepsFilesBack(int wanted, int? limit, int expected) => Assert.Equal(expected, OpenFiles.RoomFor(wanted, limit));

    [Theory]
    [InlineData(50_000, 1_048_576, 51_450)]
    [InlineData(50_000, 20_000, 20_000)]
    [InlineData(100, 20_000, 302)]
    [InlineData(int.MaxValue, null, int.MaxValue)]
    public void NeededFor_ManyClients_CountsWhatIsKeptBack(int wanted, int? limit, int expected) => Assert.Equal(expected, OpenFiles.NeededFor(wanted, limit));

    [Fact]
    public void Limit_OfThisProcess_IsThere()
    {
        if (OperatingSystem.IsLinux())
            Assert.NotEqual(0, OpenFiles.Limit());
    }
}
