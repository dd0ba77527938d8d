using System.Text.Json;

namespace GripProxy.Plugins.Runs;

/// <summary>A long run and what has become of it (PLG-42). Immutable.</summary>
internal sealed record RunRecord
{
    /// <summary>Names it within its tenant; 0 before it is stored.</summary>
    public long Id { get; init; }

    /// <summary>Number of the tenant.</summary>
    public required int Tenant { get; init; }

    /// <summary>Number of the install.</summary>
    public required int Install { get; init; }

    /// <summary>Name of the exported function.</summary>
    public required string Name { get; init; }

    /// <summary>JSON that it is called with.</summary>
    public required ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>Where it is.</summary>
    public RunState State { get; init; }

    /// <summary>When it was asked for.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>When it began last, or null.</summary>
    public DateTimeOffset? Started { get; init; }

    /// <summary>When it ended, or null.</summary>
    public DateTimeOffset? Ended { get; init; }

    /// <summary>Not to be begun before, or null.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>The node that has begun it last, where there are several; else empty.</summary>
    public string Node { get; init; } = "";

    /// <summary>How often it began.</summary>
    public int Begun { get; init; }

    /// <summary>How often its process ended under it.</summary>
    public int Crashes { get; init; }

    /// <summary>How far it says it is, from 0 to 1.</summary>
    public double Progress { get; init; }

    /// <summary>What it says about that.</summary>
    public string Text { get; init; } = "";

    /// <summary>JSON that it left for the case that it begins again, or empty.</summary>
    public ReadOnlyMemory<byte> Last { get; init; }

    /// <summary>JSON that it gave, or empty.</summary>
    public ReadOnlyMemory<byte> Result { get; init; }

    /// <summary>Why it failed, or empty.</summary>
    public string Error { get; init; } = "";

    /// <summary>Where it failed, or empty.</summary>
    public string Stack { get; init; } = "";

    /// <summary>True once it will not go on.</summary>
    public bool IsOver => State is RunState.Done or RunState.Failed or RunState.Cancelled;

    /// <summary>The run once it has begun.</summary>
    public RunRecord Begin(DateTimeOffset now) => this with { State = RunState.Running, Started = now, Begun = Begun + 1 };

    /// <summary>The state as the API says it.</summary>
    public string Word => JsonNamingPolicy.SnakeCaseLower.ConvertName(State.ToString());
}
