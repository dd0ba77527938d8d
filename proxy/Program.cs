using GripProxy.Proxy.Commands;

return await new CommandLine(ProcessContext.Current()).RunAsync(args);
