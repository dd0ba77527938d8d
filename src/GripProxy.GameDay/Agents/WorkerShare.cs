using System.Net;
using GripProxy.GameDay.Plans;

namespace GripProxy.GameDay.Agents;

/// <summary>Which part of a scenario one of several agents makes: of the rate each has the same, clients are divided, and stub customers are with the first. Immutable.</summary>
/// <param name="Address">Where the agent is.</param>
/// <param name="Token">What it wants to be told, or empty.</param>
/// <param name="Index">Which one, from 0.</param>
/// <param name="Count">How many there are.</param>
internal sealed record WorkerShare(Uri Address, string Token, int Index, int Count)
{
    /// <summary>The agents of a list of <c>host:port</c>.</summary>
    /// <exception cref="PlanException">One is no address.</exception>
    public static IReadOnlyList<WorkerShare> Read(IReadOnlyList<string> workers, string token)
    {
        var problems = workers.Where(static worker => !IsAddress(worker)).Select(static worker => $"--workers has '{worker}', expected host:port").ToList();
        if (workers.Distinct(StringComparer.Ordinal).Count() != workers.Count)
            problems.Add("--workers names one twice");
        return problems.Count == 0
            ? [.. workers.Select((worker, index) => new WorkerShare(new Uri($"http://{worker}"), token, index, workers.Count))]
            : throw new PlanException(problems);
    }

    /// <summary>Its part of a scenario.</summary>
    public ScenarioPlan Of(ScenarioPlan plan) => plan with { Clients = Of(plan.Clients), Stubs = Index == 0 ? plan.Stubs : [] };

    /// <summary>Its part of the clients; their channels go on where those of the one before end.</summary>
    public ClientsPlan Of(ClientsPlan clients) => clients with
    {
        Stream = Part(clients.Stream),
        LongPoll = Part(clients.LongPoll),
        WebSocket = Part(clients.WebSocket),
        FirstChannel = Before(clients.Stream) + Before(clients.WebSocket) + Before(clients.LongPoll),
    };

    private int Part(int whole) => (whole / Count) + (Index < whole % Count ? 1 : 0);

    private int Before(int whole) => (whole / Count * Index) + Math.Min(Index, whole % Count);

    private static bool IsAddress(string text) =>
        Uri.TryCreate($"http://{text}", UriKind.Absolute, out var address) && address.Host.Length > 0 && address.PathAndQuery == "/" && text.Contains(':') && address.Port is > 0 and <= IPEndPoint.MaxPort;
}
