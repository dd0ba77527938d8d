namespace GripProxy.Holds.Timing;

/// <summary>A hold that something can be sent into when it is quiet. Thread-safe.</summary>
internal interface IKeptAlive
{
    /// <summary>Time since something was sent.</summary>
    TimeSpan QuietFor { get; }

    /// <summary>Sends bytes that are no item, unless something else waits to be written.</summary>
    void SendKeepAlive(ReadOnlyMemory<byte> data);
}
