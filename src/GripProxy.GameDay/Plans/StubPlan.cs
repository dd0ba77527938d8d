namespace GripProxy.GameDay.Plans;

/// <summary>Customers that take what goes out, and open and click some of it (plugins-gameday.md §5). Immutable.</summary>
internal sealed record StubPlan
{
    /// <summary>Name, for reports.</summary>
    public required string Name { get; init; }

    /// <summary>Channels that they listen to; empty: they are a webhook.</summary>
    public IReadOnlyList<string> Listen { get; init; } = [];

    /// <summary>How they listen: <c>stream</c>, <c>ws</c> or <c>long_poll</c>.</summary>
    public string Transport { get; init; } = "stream";

    /// <summary>Where they take requests as a webhook (<c>127.0.0.1:port</c>); empty: they listen to channels.</summary>
    public string Webhook { get; init; } = "";

    /// <summary>Probability of an open.</summary>
    public double Open { get; init; }

    /// <summary>Probability of a click on what was opened.</summary>
    public double Click { get; init; }

    /// <summary>Seconds until an open, from and to.</summary>
    public (double From, double To) OpenDelay { get; init; } = (1, 30);

    /// <summary>Seconds from an open to its click, from and to.</summary>
    public (double From, double To) ClickDelay { get; init; } = (2, 60);

    /// <summary>Path of the user in an item.</summary>
    public string UserPath { get; init; } = "distinct_id";

    /// <summary>Name of the event of an open.</summary>
    public string OpenedEvent { get; init; } = "opened";

    /// <summary>Name of the event of a click.</summary>
    public string ClickedEvent { get; init; } = "clicked";

    /// <summary>Bytes that they read a second; 0: all that comes.</summary>
    public int Slow { get; init; }

    /// <summary>Seconds after which they leave and come again; 0: they stay.</summary>
    public double Flap { get; init; }

    /// <summary>Status with which the webhook answers instead of 200, at a probability; 0: never.</summary>
    public int FailStatus { get; init; }

    /// <summary>That probability.</summary>
    public double FailRate { get; init; }
}
