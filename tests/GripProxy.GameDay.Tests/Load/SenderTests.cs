using System.Text;
using GripProxy.GameDay.Figures;
using GripProxy.GameDay.Load;
using GripProxy.GameDay.Plans;

namespace GripProxy.GameDay.Tests.Load;

public sealed class SenderTests : IAsyncLifetime
{
    private readonly StepTally _tally = new() { Step = 1 };
    private readonly ManualResetEventSlim _mayAnswer = new();
    private FakeTarget _target = null!; // Set before each test.

    public async Task InitializeAsync()
    {
        _target = await FakeTarget.StartAsync();
        _target.Answer = () =>
        {
            _mayAnswer.Wait();
            return 200;
        };
    }

    public async Task DisposeAsync()
    {
        _mayAnswer.Set();
        await _target.DisposeAsync();
        _mayAnswer.Dispose();
    }

    [Fact]
    public async Task PLG50_OneConnection_TakesRequestsInTheOrderTheyWereGivenIn()
    {
        await using (var sender = Make(TimeProvider.System))
        {
            for (var i = 0; i < 100; i++)
                sender.Send(Batch(i), CancellationToken.None);
            _mayAnswer.Set();
        }

        Assert.Equal(Enumerable.Range(0, 100), _target.Events.Select(static one => one["n"]!.GetValue<int>()));
        Assert.Equal(100, _tally.Accepted);
    }

    [Fact]
    public async Task PLG50_Requests_ThatWaitForAConnectionTooLong_AreErrorsToo()
    {
        await using (var sender = Make(new FastTime(60)))
        {
            for (var i = 0; i < 3; i++)
                sender.Send(Batch(i), CancellationToken.None);
        }

        Assert.Equal(KeyValuePair.Create("no answer within 30 s", 3L), Assert.Single(_tally.Errors));
        Assert.Equal(0, _tally.UnderWay);
    }

    [Fact]
    public async Task PLG50_Stop_EndsRequestsThatWaitForAConnection()
    {
        using var stop = new CancellationTokenSource();
        await using (var sender = Make(TimeProvider.System))
        {
            for (var i = 0; i < 3; i++)
                sender.Send(Batch(i), stop.Token);
            await stop.CancelAsync();
        }

        Assert.Equal(KeyValuePair.Create("stopped", 3L), Assert.Single(_tally.Errors));
        Assert.Equal(0, _tally.UnderWay);
    }

    [Theory]
    [InlineData("""{"rejected": ["index"]}""")]
    [InlineData("""{"rejected": [{"index": "first"}]}""")]
    [InlineData("""{"rejected": [{"index": 1}, {"index": -1}]}""")]
    [InlineData("""{"rejected": [], "rejected": [{"index": 0}]}""")]
    [InlineData("""["index" """)]
    public async Task PLG50_Answer_ThatSaysNothingOfWhatWasRejected_HoldsBackNothing(string answer)
    {
        _target.AnswerBody = answer;
        _mayAnswer.Set();
        await using (var sender = Make(TimeProvider.System))
        {
            sender.Send(Batch(0), CancellationToken.None);
            sender.Send(Batch(1), CancellationToken.None);
        }

        Assert.Equal(2, _tally.Accepted);
        Assert.Empty(_tally.Errors);
    }

    private Sender Make(TimeProvider time) =>
        new(PlanReader.Read(_target.Plan("""{"connections": 1}"""), static _ => null, ".").Scenarios[0], hasKeyInBody: true, time);

    private EventBatch Batch(int number) => new()
    {
        Body = Encoding.UTF8.GetBytes($$"""{"api_key": "key-of-t", "batch": [{"event": "e", "n": {{number}}}]}"""),
        Events = [new SentEvent(0, number, number)],
        Due = TimeProvider.System.GetTimestamp(),
        Log = new SentLog(1, 1),
        Second = new Second { Number = 0, Step = 1 },
        Tally = _tally,
        InHold = true,
    };
}
