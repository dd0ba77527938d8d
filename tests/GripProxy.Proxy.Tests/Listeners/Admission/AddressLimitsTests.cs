using System.Net;
using GripProxy.Proxy.Listeners.Admission;
using GripProxy.Testing;

namespace GripProxy.Proxy.Tests.Listeners.Admission;

public sealed class AddressLimitsTests
{
    private static readonly IPAddress A = IPAddress.Parse("192.0.2.1");
    private static readonly IPAddress B = IPAddress.Parse("2001:db8::1");

    private readonly ManualTime _time = new();

    [Fact]
    public void TryEnter_OpenLimitReached_RefusesThatAddressOnly()
    {
        var limits = new AddressLimits(open: 2, rate: 0, _time);

        Assert.Equal([Ok, Ok, RefusalReason.ConnectionsPerAddress], [limits.TryEnter(A), limits.TryEnter(A), limits.TryEnter(A)]);
        Assert.Equal(Ok, limits.TryEnter(B));
    }

    [Fact]
    public void TryEnter_AfterOneLeft_IsAllowedAgain()
    {
        var limits = new AddressLimits(open: 1, rate: 0, _time);
        limits.TryEnter(A);
        limits.Leave(A);

        Assert.Equal(Ok, limits.TryEnter(A));
        Assert.Equal(RefusalReason.ConnectionsPerAddress, limits.TryEnter(A));
    }

    [Fact]
    public void TryEnter_MappedAddress_IsTheSameAddress()
    {
        var limits = new AddressLimits(open: 1, rate: 0, _time);
        limits.TryEnter(A);

        Assert.Equal(RefusalReason.ConnectionsPerAddress, limits.TryEnter(A.MapToIPv6()));
    }

    [Fact]
    public void TryEnter_RateReached_RefusesUntilTimePasses()
    {
        var limits = new AddressLimits(open: 0, rate: 2, _time);

        Assert.Equal([Ok, Ok, RefusalReason.ConnectionRate], [limits.TryEnter(A), limits.TryEnter(A), limits.TryEnter(A)]);
        _time.Advance(TimeSpan.FromMilliseconds(500));
        Assert.Equal([Ok, RefusalReason.ConnectionRate], [limits.TryEnter(A), limits.TryEnter(A)]);
        _time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal([Ok, Ok, RefusalReason.ConnectionRate], [limits.TryEnter(A), limits.TryEnter(A), limits.TryEnter(A)]);
    }

    [Fact]
    public void TryEnter_OpenConnectionsWhileSwept_StayCounted()
    {
        var limits = new AddressLimits(open: 1, rate: 5, _time);
        limits.TryEnter(A);

        _time.Advance(TimeSpan.FromSeconds(5));
        limits.TryEnter(B);

        Assert.Equal(RefusalReason.ConnectionsPerAddress, limits.TryEnter(A));
    }

    private static RefusalReason Ok => RefusalReason.None;
}
