namespace GripProxy.Channels.Logs;

/// <summary>What a <see cref="LogCursor"/> says about an item that is offered to its hold.</summary>
public enum CursorVerdict
{
    /// <summary>It is the hold's next one.</summary>
    Pass,

    /// <summary>The hold has it already, or reads it from the log, or gets it when that is done.</summary>
    Left,

    /// <summary>Something is missing before it, which the log has.</summary>
    Gap,

    /// <summary>More waits for the end of reading than makes sense.</summary>
    Overflow,
}
