namespace GripProxy.Protocol.Items.Patching;

/// <summary>The operations of RFC 6902.</summary>
internal enum PatchOperationKind
{
    /// <summary>Adds or replaces a member, inserts an element.</summary>
    Add,

    /// <summary>Takes a value out.</summary>
    Remove,

    /// <summary>Puts another value in the place of one that is there.</summary>
    Replace,

    /// <summary>Takes a value out and adds it elsewhere.</summary>
    Move,

    /// <summary>Adds a copy of a value elsewhere.</summary>
    Copy,

    /// <summary>Fails unless the value is as said.</summary>
    Test,
}
