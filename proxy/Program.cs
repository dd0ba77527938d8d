using GripProxy.Proxy;
using GripProxy.Proxy.Commands;

InlineCompletions.Enable();
return await new CommandLine(ProcessContext.Current()).RunAsync(args);
