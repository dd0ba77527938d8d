using GripProxy.OriginSample;

if (!SampleArguments.TryRead(args, Environment.GetEnvironmentVariable, out var options, out var message))
{
    await Console.Error.WriteLineAsync(message);
    return 1;
}

if (options is null)
{
    Console.WriteLine(message);
    return 0;
}

await using var app = SampleOrigin.Build(options);
await app.RunAsync();
return 0;
