process.stdout.write('container-compose\n')
