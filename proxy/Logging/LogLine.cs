using Microsoft.Extensions.Logging;

namespace GripProxy.Proxy.Logging;

/// <summary>One message on its way to the log. Immutable.</summary>
/// <param name="Time">Local time.</param>
/// <param name="Level">How important it is.</param>
/// <param name="Message">The text, not yet escaped.</param>
/// <param name="Exception">What was thrown, or null.</param>
internal readonly record struct LogLine(DateTimeOffset Time, LogLevel Level, string Message, Exception? Exception);
