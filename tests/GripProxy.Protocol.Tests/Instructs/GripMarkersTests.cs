using GripProxy.Protocol.Instructs;

namespace GripProxy.Protocol.Tests.Instructs;

public sealed class GripMarkersTests
{
    [Theory]
    [InlineData("Grip-Hold")]
    [InlineData("grip-channel")]
    [InlineData("GRIP-TIMEOUT")]
    [InlineData("Grip-Keep-Alive")]
    [InlineData("Grip-Set-Meta")]
    [InlineData("Grip-Status")]
    [InlineData("Grip-Expose-Headers")]
    [InlineData("Grip-Link")]
    public void IsControlHeader_KnownName_IsTrue(string name) => Assert.True(GripMarkers.IsControlHeader(name));

    [Theory]
    [InlineData("Grip-Foo")]
    [InlineData("Grip-Last")]
    [InlineData("Grip-Session-Id")]
    [InlineData("Grip-Session-Detect")]
    [InlineData("Grip-")]
    [InlineData("Content-Type")]
    [InlineData("X-Grip-Hold")]
    [InlineData("")]
    public void IsControlHeader_OtherName_IsFalse(string name) => Assert.False(GripMarkers.IsControlHeader(name));

    [Theory]
    [InlineData("Grip-Foo", true)]
    [InlineData("grip-x", true)]
    [InlineData("Gripped", false)]
    public void IsGripHeader_Name_DependsOnPrefix(string name, bool expected) => Assert.Equal(expected, GripMarkers.IsGripHeader(name));

    [Theory]
    [InlineData("application/grip-instruct", true)]
    [InlineData("Application/GRIP-Instruct ; charset=utf-8", true)]
    [InlineData("application/json", false)]
    [InlineData("application/grip-instruct+json", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void IsInstructType_ContentType_IgnoresParameters(string? value, bool expected) =>
        Assert.Equal(expected, GripMarkers.IsInstructType(value));

    [Fact]
    public void AllChecks_AnyHeader_AllocateNothing()
    {
        Check();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Check();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        static bool Check() => GripMarkers.IsControlHeader("Grip-Expose-Headers") | GripMarkers.IsControlHeader("Content-Type")
            | GripMarkers.IsInstructType("text/html; charset=utf-8") | GripMarkers.IsGripHeader("Grip-Foo");
    }
}
