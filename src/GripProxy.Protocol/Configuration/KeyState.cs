namespace GripProxy.Protocol.Configuration;

/// <summary>What GripProxy does with a key it knows.</summary>
internal enum KeyState
{
    /// <summary>It has its effect.</summary>
    Used,

    /// <summary>It is accepted; its feature comes with a later release.</summary>
    Later,

    /// <summary>It is accepted so that a Pushpin file can stay as it is; there is nothing here for it to change.</summary>
    NotUsed,
}
