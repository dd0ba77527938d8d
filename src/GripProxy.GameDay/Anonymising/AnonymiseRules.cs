namespace GripProxy.GameDay.Anonymising;

/// <summary>How events are made nobody's (plugins-gameday.md §3). Immutable.</summary>
internal sealed record AnonymiseRules
{
    /// <summary>What makes pseudonyms the same again another time; empty: they are only the same within one run.</summary>
    public byte[] Salt { get; init; } = [];

    /// <summary>What is done with texts that no rule names.</summary>
    public FieldRule Default { get; init; } = new("**", FieldDeed.KeepShape);

    /// <summary>The rules; the first that matches counts.</summary>
    public IReadOnlyList<FieldRule> Fields { get; init; } = [];

    /// <summary>Kinds of personal data that are looked for in what stays.</summary>
    public IReadOnlyList<string> Detect { get; init; } = PersonalPatterns.Kinds;

    /// <summary>For CSV: member of the event by column; null: files are JSON.</summary>
    public IReadOnlyDictionary<string, string>? Csv { get; init; }

    /// <summary>What an event needs to stay one, where no rule says otherwise.</summary>
    public static IReadOnlyList<FieldRule> OfEvents { get; } =
    [
        new("event", FieldDeed.Keep), new("distinct_id", FieldDeed.Pseudonym), new("user", FieldDeed.Pseudonym), new("properties.distinct_id", FieldDeed.Pseudonym), new("properties.$distinct_id", FieldDeed.Pseudonym),
        new("ip", FieldDeed.DropLastOctets), new("properties.$ip", FieldDeed.DropLastOctets), new("uuid", FieldDeed.Drop), new("id", FieldDeed.Drop), new("timestamp", FieldDeed.ShiftTime), new("time", FieldDeed.ShiftTime),
        new("sent_at", FieldDeed.ShiftTime), new("now", FieldDeed.ShiftTime), new("api_key", FieldDeed.Drop), new("token", FieldDeed.Drop), new("properties.token", FieldDeed.Drop),
    ];
}
