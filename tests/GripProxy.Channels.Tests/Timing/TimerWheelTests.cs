using GripProxy.Channels.Timing;
using GripProxy.Testing;

namespace GripProxy.Channels.Tests.Timing;

public sealed class TimerWheelTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly TimerWheel _wheel;
    private readonly List<string> _fired = [];

    public TimerWheelTests() => _wheel = new TimerWheel(_time);

    public void Dispose() => _wheel.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(1000)]
    [InlineData(51_200)]
    [InlineData(55_000)]
    [InlineData(1_800_000)]
    public void Schedule_AnyDelay_FiresNotEarlyAndAtMostTwoTicksLate(int milliseconds)
    {
        _wheel.Schedule(Timer("a"), TimeSpan.FromMilliseconds(milliseconds));

        _time.Advance(TimeSpan.FromMilliseconds(milliseconds));
        Assert.Empty(_fired);
        _time.Advance(TimerWheel.Tick * 2);
        Assert.Equal(["a"], _fired);
    }

    [Fact]
    public void Fire_Once_DoesNotRepeat()
    {
        _wheel.Schedule(Timer("a"), TimeSpan.FromSeconds(1));
        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(["a"], _fired);
    }

    [Fact]
    public void Cancel_ScheduledTimer_NeverFires()
    {
        var timer = Timer("a");
        _wheel.Schedule(timer, TimeSpan.FromSeconds(1));
        _wheel.Cancel(timer);
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.Empty(_fired);
    }

    [Fact]
    public void Schedule_Again_MovesTheAppointment()
    {
        var timer = Timer("a");
        _wheel.Schedule(timer, TimeSpan.FromSeconds(1));
        _wheel.Schedule(timer, TimeSpan.FromSeconds(3));
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Empty(_fired);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(["a"], _fired);
    }

    [Fact]
    public void Cancel_OneOfManyInASlot_LeavesTheOthers()
    {
        var timers = new[] { "a", "b", "c" }.Select(Timer).ToArray();
        foreach (var timer in timers)
            _wheel.Schedule(timer, TimeSpan.FromSeconds(1));
        _wheel.Cancel(timers[1]);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(["a", "c"], _fired.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Fire_CallbackSchedulesItselfAgain_FiresAgain()
    {
        WheelTimer? timer = null;
        var count = 0;
        timer = new WheelTimer(_ => { count++; _wheel.Schedule(timer!, TimeSpan.FromSeconds(1)); }, this);
        _wheel.Schedule(timer, TimeSpan.FromSeconds(1));
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.InRange(count, 4, 5);
    }

    private WheelTimer Timer(string name) => new(state => _fired.Add((string)state), name);
}
