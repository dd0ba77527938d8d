using System.Diagnostics;
using GripProxy.Control.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace GripProxy.Control.Tests.Testing;

/// <summary>Hears of requests that the HTTP server refuses by itself. Thread-safe.</summary>
internal sealed class RecordedBadRequests : DiagnosticSource
{
    private const string EventName = "Microsoft.AspNetCore.Server.Kestrel.BadRequest";

    private readonly TaskCompletionSource<FramingError> _first = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<FramingError> First => _first.Task.WaitAsync(RawClient.Patience);

    public override bool IsEnabled(string name) => name == EventName;

    public override void Write(string name, object? value)
    {
        var error = (value as IFeatureCollection)?.Get<IBadRequestExceptionFeature>()?.Error as BadHttpRequestException;
        if (error is not null)
            _first.TrySetResult(ControlFramingText.For(error.StatusCode, error.Message));
    }
}
